"""Referrals and the directory as HL7 FHIR R4, after the referral workflow of the SDOH Clinical Care guide.

    words.py       our codes and the guide's
    task.py        Task: what becomes of a referral, and what a changed one asks for
    request.py     ServiceRequest: what is asked for, and the draft that one makes
    directory.py   Organization and HealthcareService
    reading.py     JSON from outside, refused at the first element that is not taken
    exchange.py    what programs may do, as commands and questions in their user's name
    routes.py      the addresses under /api/fhir

One referral is one ServiceRequest and the Task whose focus it is; both bear its id.
"""
