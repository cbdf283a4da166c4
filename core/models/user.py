"""Who signs in. What a user is called and where mail goes lies in the vault."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from core.models.vault import Person


class UserManager(BaseUserManager["User"]):
    """Makes users with a hashed password, or none until they choose one."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A user who may sign in with ``password``; without one, not yet."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in. What the person may do follows from memberships."""

    username = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    def __str__(self) -> str:
        return self.username


class SecondFactor(models.Model):
    """A user's authenticator: its secret sealed, the last step used, digests of spare codes."""

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor")
    sealed_secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    spare_digests = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"second factor of user {self.user_id}"
