"""E-mail behind the messages, every minute."""

from celery import shared_task

from notices import services


@shared_task(name="notices.tasks.send_pending_mail")
def send_pending_mail() -> None:
    """Settle what was interrupted, then send what waits."""
    services.settle_interrupted_mail()
    services.send_pending_mail()
