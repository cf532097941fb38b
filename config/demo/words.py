"""Names, addresses and remarks of the demo: all invented, addresses in ranges that nobody owns."""

from random import Random

FIRST = """
    Alderbrook Amberlane Bellweather Birchgate Blackfen Brightwater Calderwick Cinderhill Copperfield Corvane
    Dunmarrow Eastvale Elmsgate Emberline Fairhollow Fennimore Foxbarrow Glasswater Greymoor Halvorn Harrowgate
    Hazelmere Ironwick Juniper Kestrelway Lanternhill Larchfield Longmeadow Mallowby Marlstone Nightingale Ninefold
    Northreach Oakhaven Oldbridge Peregrine Quillmark Ravensworth Redhollow Rosewick Saltmarsh Silverbank Stonemere
    Summerlin Tamarind Thistledown Umberfield Vesperline Wexcombe Willowmere Windmarch Wrenfield Yarrowdale
""".split()
SECOND = (
    "Payments Markets Remit Clearing Exchange Capital Settlements Brokers Treasury Transfer Trading Pay".split()
)
FORMS = {
    "USD": ("Inc.", "LLC", "Corp."),
    "EUR": ("GmbH", "BV", "SARL"),
    "GBP": ("Ltd", "plc"),
    "JPY": ("KK",),
}
GIVEN = """
    Ana Ben Carla Daniel Elena Farid Grace Hugo Ines Jonas Keiko Lena Marco Nadia Omar Paula Quentin Rosa Samir
    Tessa Ulrich Vera Wen Ximena Yusuf Zoe
""".split()
FAMILY = """
    Abel Brandt Castillo Dahl Endo Fischer Grant Haas Ivanov Jansen Kowalski Lund Mori Novak Ortiz Park Quist Romero
    Sato Thorne Urban Vance Weber Yilmaz Zimmer
""".split()
ROLES = ("CFO", "Head of operations", "Treasurer", "Chief of staff", "Head of payments", "Managing director")
BILLERS = ("Accounts payable", "Finance team", "Billing desk")
TAGS = ("key-account", "emea", "apac", "americas", "pilot", "partner", "regulated", "high-touch")
NOTES = (
    "Prefers a call before any change of price.",
    "Merged two sub-accounts last year; the old ids are in the CRM.",
    "Pays by the quarter, in advance.",
    "Asks for a usage report on the first Monday of each month.",
    "Expects to double its volume once the second licence is granted.",
    "Legal wants two weeks to read any amendment.",
)
USER_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari",
)


def company(number: int, currency: str, rng: Random) -> str:
    """The name of a company, another one for each number."""
    turn, first = divmod(number, len(FIRST))
    lap, turn = divmod(turn, len(SECOND))
    second = SECOND[(first + turn) % len(SECOND)]
    return " ".join(filter(None, (FIRST[first], second, str(lap + 1) if lap else "", rng.choice(FORMS[currency]))))


def person(rng: Random) -> str:
    return f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"


def email(name: str, company: str) -> str:
    """An address of a person or desk, in a domain that cannot exist."""
    local = name.lower().replace(" ", ".")
    domain = "-".join(company.lower().rstrip(".").split()[:2])
    return f"{local}@{domain}.example"


def phone(rng: Random) -> str:
    return f"+1 555 01{rng.randrange(100):02}"
