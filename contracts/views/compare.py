"""Any two versions of a contract side by side, the live one included."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contracts.domain.errors import ContractNotFound
from contracts.domain.versions import Name
from contracts.forms.compare import ALL, CompareForm
from contracts.revisions import RevisionNotFound
from contracts.shown import comparison, versions
from contracts.shown.versions import Side, Versions
from users.access import can, requires


@require_safe
@requires("contracts.see")
def compare(request: HttpRequest, contract_id: str) -> HttpResponse:
    form = CompareForm(request.GET)
    if not form.is_valid():
        context = {"contract_id": contract_id, "complaints": form.complaints()}
        return render(request, "contracts/compare_bad.html", context, status=400)
    if query := form.plain_query():
        return redirect(f"{request.path}?{query}")
    wanted = form.version("from"), form.version("to")
    try:
        found = versions.load(contract_id, wanted)
        sides = found.pair(*wanted) if found.choices else ()
    except ContractNotFound as missing:
        raise Http404(str(missing)) from None
    except RevisionNotFound as missing:
        return _page(request, found, (), names=wanted, problem=str(missing), status=404)
    names = tuple(side.name for side in sides)
    return _page(request, found, sides, names=names, shows_all=form.cleaned_data["show"] == ALL)


def _page(
    request: HttpRequest,
    found: Versions,
    sides: tuple[Side, ...],
    *,
    names: tuple[Name | None, ...],
    shows_all: bool = False,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    groups = comparison.groups_of(*(side.contract for side in sides)) if sides else []
    differing = [label for group in groups for label in group.differing]
    may_change = can(request.user, "contracts.change")
    context = {
        "contract_id": found.contract_id,
        "found": found,
        "sides": sides,
        "options": found.options(sides),
        "names": names,
        "swapped": _swapped(request, names) if sides else "",
        "restorable": [side.name for side in sides if may_change and found.is_restorable(side)],
        "title": sides[-1].contract.title if sides else found.title,
        "problem": problem,
        "groups": groups if shows_all else [group.only_differing() for group in groups if group.differing],
        "shows_all": shows_all,
        "differing": differing,
        "size": sum(group.size for group in groups),
    }
    return render(request, "contracts/compare.html", context, status=status)


def _swapped(request: HttpRequest, names: tuple[Name | None, ...]) -> str:
    """The query of the same page the other way round."""
    query = request.GET.copy()
    query["to"], query["from"] = map(str, names)
    return f"?{query.urlencode()}"
