"""The mail that tells people what is due: to whom, in which words, and how it is sent."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from contracts.daily import wording
from contracts.domain import reminding
from contracts.domain.reminding import Reminder
from contracts.domain.words import one_line
from users import people
from users.people import Person

SUBJECT, BODY = "mail/digest_subject.txt", "mail/digest.txt"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
OWN_MACHINE = ("127.0.0.1", "::1", "localhost")
# Nobody reads more in one mail; what is left over comes with the next.
MOST_REMINDERS = 500


class MailFailed(Exception):
    """The mail was not sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What is due, for its account manager or, where that is nobody who can be written to, for administrators.

    `obstacles` says of those account managers what keeps them from getting it.
    """

    to: tuple[Person, ...]
    reminders: tuple[Reminder, ...]
    today: date
    obstacles: dict[str, str] | None = None

    @property
    def subject(self) -> str:
        return " ".join(render_to_string(SUBJECT, self._context()).split())

    @property
    def body(self) -> str:
        return render_to_string(BODY, self._context())

    def _context(self) -> dict[str, object]:
        found = defaultdict(list)
        for reminder in self.reminders:
            found[reminder.kind].append(self._line(reminder))
        return {
            "mail": self,
            "count": len(self.reminders),
            "day": wording.day(self.today),
            "sections": [(wording.HEADINGS[kind], lines) for kind, lines in found.items()],
            "everything": wording.everything(),
        }

    def _line(self, reminder: Reminder) -> dict[str, str]:
        return {
            "title": wording.title(reminder),
            "text": wording.sentence(reminder, self.today),
            "manager": self._manager(reminder.contract.account_manager),
            "address": wording.address(reminder),
        }

    def _manager(self, name: str) -> str:
        """Why this is not for the account manager; nothing, where it is."""
        if self.obstacles is None:
            return ""
        return why_not(name, self.obstacles)


def why_not(name: str, obstacles: dict[str, str]) -> str:
    """What keeps an account manager from getting mail, in words."""
    return f"account manager “{one_line(name)}” {obstacles[name]}" if name else "no account manager"


def addressed(due: Iterable[Reminder], today: date) -> tuple[list[Mail], Counter[str]]:
    """The mails that tell all of this, one for each account manager and one for the administrators.

    Also how many reminders reach nobody, by what keeps their account managers from getting them.
    """
    by_manager = defaultdict(list)
    for reminder in due:
        by_manager[reminder.contract.account_manager].append(reminder)
    reachable, obstacles = people.reachable(by_manager.keys() - {""})
    mails = [Mail((reachable[name],), _first(by_manager[name]), today) for name in sorted(reachable)]
    others = [reminder for name in by_manager if name not in reachable for reminder in by_manager[name]]
    administrators = tuple(people.administrators())
    if others and administrators:
        return [*mails, Mail(administrators, _first(others), today, obstacles)], Counter()
    return mails, Counter(why_not(reminder.contract.account_manager, obstacles) for reminder in others)


def _first(due: Iterable[Reminder]) -> tuple[Reminder, ...]:
    """What presses most, by kind and date, as much as goes into a mail."""
    order = {kind: number for number, kind in enumerate(reminding.KINDS)}
    found = sorted(due, key=lambda one: (order[one.kind], one.target, wording.title(one), one.key))
    return tuple(found[:MOST_REMINDERS])


def is_set_up() -> bool:
    """Whether mail reaches anybody: what is printed does only where the site is for its developer alone."""
    if settings.EMAIL_BACKEND == CONSOLE:
        return urlsplit(settings.SITE_URL).hostname in OWN_MACHINE
    return settings.EMAIL_BACKEND != NOWHERE


def send(mail: Mail) -> dict[Person, str]:
    """Send a mail to each of its people; gives those who did not get it, with the reason.

    Each gets a message of their own: of several in one, the server may refuse some without anybody being told.
    """
    subject, body = mail.subject, mail.body
    refused: dict[Person, str] = {}
    for person in mail.to:
        try:
            _send(EmailMessage(subject, body, to=[person.email]))
        except MailFailed as error:
            refused[person] = str(error)
    return refused


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception as error:
        # Whatever is set up to send mail has errors of its own.
        raise MailFailed(f"{type(error).__name__}: {one_line(str(error), 300)}") from error
