using Tieout.Application.Accounts;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary>What came of a change of an account, for the command line.</summary>
internal static class AccountAnswer
{
    /// <summary>What stands; a remark where it stood before.</summary>
    /// <exception cref="UsageException">Nothing was changed, and why.</exception>
    public static T Of<T>(Screen screen, AccountOutcome<T> outcome)
    {
        switch (outcome)
        {
            case AccountDone<T>(var value, var again):
                if (again) screen.Note("It stood so before; nothing was changed.");
                return value;
            case AccountUnreadable<T> bad: throw new UsageException(PreviewVerb.Words(bad.Errors));
            case AccountNotFound<T> missing: throw new UsageException(missing.Words);
            case AccountRefused<T> no: throw new UsageException($"Nothing was changed. {no.Field}: {no.Reason} {no.Remedy}");
            default: throw new InvalidOperationException($"No words for {outcome}.");
        }
    }
}
