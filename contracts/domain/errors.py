"""What can go wrong with a contract, in words fit to show to the person who caused it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: the dotted path of the field (rows by their number) and what to do."""

    path: str
    message: str


class ContractError(Exception):
    """The base of all errors of this application."""


class ContractNotFound(ContractError):
    """No contract has this id."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no contract {key}.")


class ContractInvalid(ContractError):
    """The contract breaks rules; `problems` names each field."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))


class AccountHasContract(ContractError):
    """An account has one contract, and this one has it already."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        super().__init__(f"Account {account_id} has a contract already.")


class ContractIdTaken(ContractError):
    """Another contract carries the id."""

    def __init__(self, contract_id: str) -> None:
        super().__init__(f"The id {contract_id} belongs to another contract.")


class ContractChanged(ContractError):
    """Somebody changed the contract after the editor saw it; `live` is the document as it is now."""

    def __init__(self, contract_id: str, live: dict[str, object]) -> None:
        self.live = live
        super().__init__(f"Contract {contract_id} was changed after it was opened.")
