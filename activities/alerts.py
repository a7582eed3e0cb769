"""Alerts by mail to those who run the installation, each once."""

from activities.sending import mailing, message_id, send_once
from adapters.ports import Mail, MailPort
from domain.texts import one_line
from records.notices import Notices, NoticeTag


class Alerts:
    """Mails to one address; to nobody when there is none."""

    def __init__(self, notices: Notices, mail: MailPort, to: str) -> None:
        self._notices, self._mail, self._to = notices, mail, to

    async def send(self, key: str, connection: str, subject: str, text: str) -> None:
        """Send an alert, once for its key."""
        if not self._to:
            return
        mail = Mail(to=self._to, subject=one_line(subject), text=text, message_id=message_id(key))
        tag = NoticeTag(key=key, connection=connection, event="incident")
        await send_once(self._notices, tag, mailing(self._mail, mail))
