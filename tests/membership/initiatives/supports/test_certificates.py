"""Whoever has a mailed token gets a link to the certificate of their support, which names the initiative."""

import io

from pypdf import PdfReader

from tests.membership.initiatives.supports.conftest import Campaign

CERTIFICATES = "/membership/v1/certificates"


async def test_a_supporter_fetches_the_certificate_by_the_token_of_the_mail(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    tokens = await campaign.signed(initiative, name="Amina Khan")
    confirmed = await campaign.confirm(tokens["support"])
    assert (confirmed.json()["status"], confirmed.json()["certificate"]) == ("accepted", None)
    (support,) = await campaign.supports(initiative)
    body = {"kind": "support", "holder": {"expert_id": support["expert_id"]}, "language": "en"}
    subject = {"resource": "membership.supports", "id": support["id"]}
    made = await campaign.admin.post(CERTIFICATES, {**body, "subject": subject})
    assert made.status_code == 201, made.text
    found = (await campaign.confirm(tokens["support"])).json()["certificate"]
    assert found["code"] == made.json()["code"]
    printed = await campaign.public.get(found["pdf_url"])
    assert printed.status_code == 200, printed.text
    shown = " ".join(PdfReader(io.BytesIO(printed.content)).pages[0].extract_text().split())
    assert "signed under the name Amina Khan in support of the initiative “Soils for all”" in shown
