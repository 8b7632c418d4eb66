"""E-mails and text messages behind the messages, every minute outside quiet hours."""

from celery import shared_task

from notices.choices import Channel
from notices.services.dispatching import send_waiting, settle_interrupted


@shared_task(name="notices.tasks.send_pending_mail")
def send_pending_mail() -> None:
    """Settle what was interrupted, then send what waits by each channel."""
    settle_interrupted()
    for channel in Channel:
        send_waiting(channel=channel)
