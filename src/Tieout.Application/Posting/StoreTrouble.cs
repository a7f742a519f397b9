using System.Data.Common;

namespace Tieout.Application.Posting;

/// <summary>What trouble of our own database means.</summary>
internal static class StoreTrouble
{
    /// <summary>
    /// Whether it is worth waiting for: a connection that broke, a restart or failover, a conflict of transactions, no room left.
    /// Anything else is a bug. Classes of SQLSTATE: PostgreSQL, appendix A; none at all when no answer came.
    /// </summary>
    public static bool WillPass(DbException trouble) => trouble.SqlState is not { Length: 5 } state || state[..2] is "08" or "40" or "53" or "57";
}
