"""gateway: the pages people see, and the small REST mount beside them.

Owns nothing but sessions: every fact is asked of the five services over gRPC as the person who is looking, and every
change is one of their commands. Publishes and consumes no events.

    web/        what any page needs: design system, languages, sessions, forms, safety
    pages/      one module per part of the work, each a table of its routes
    templates/  what they look like
    lines.py    how an event reads on a timeline
    locale/     every visible word, in Danish, Swedish and English
"""
