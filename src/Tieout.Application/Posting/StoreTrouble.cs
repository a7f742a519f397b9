using System.Data.Common;
using System.Text;

namespace Tieout.Application.Posting;

/// <summary>What trouble of our own database means.</summary>
internal static class StoreTrouble
{
    /// <summary>
    /// Whether it is worth waiting for: a connection that broke, a restart or failover, a conflict of transactions, no room left.
    /// Anything else is a bug. Classes of SQLSTATE: PostgreSQL, appendix A; none at all when no answer came.
    /// </summary>
    public static bool WillPass(DbException trouble) => trouble.SqlState is not { Length: 5 } state || state[..2] is "08" or "40" or "53" or "57";

    /// <summary>
    /// Whether the books refused what they were told: a rule of theirs, or a text that cannot stand there. Waiting does not help, and the others are none the worse.
    /// </summary>
    public static bool IsRefusal(Exception trouble) => trouble is DbException refused && !WillPass(refused) || trouble is EncoderFallbackException;
}
