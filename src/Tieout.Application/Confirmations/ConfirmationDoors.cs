using System.Security.Cryptography;
using System.Text;
using Tieout.Connectors.Port;

namespace Tieout.Application.Confirmations;

/// <summary>Who may speak for which target: each has a log-in of its own, from configuration.</summary>
/// <param name="targets">All that are configured; those without a log-in let nobody in.</param>
public sealed class ConfirmationDoors(IReadOnlyList<TargetSettings> targets)
{
    private static readonly byte[] Nobody = RandomNumberGenerator.GetBytes(32);

    /// <summary>
    /// The target that the log-in opens; null where it opens none. It takes as long for a log-in that is nearly right as for any other, and for a target
    /// that is not there as for one that is.
    /// </summary>
    /// <param name="target">Its name.</param>
    /// <param name="authorization">The header, as in <c>Basic dXNlcjpzZWNyZXQ=</c>; null without one.</param>
    public TargetSettings? Open(string target, string? authorization)
    {
        var found = targets.FirstOrDefault(one => one.Name == target && one.Confirmations is not null && ErpConfirmations.Sends(one));
        var wanted = found is null ? Nobody : Hash($"{found.Confirmations!.User}:{found.Confirmations.Secret}");
        return CryptographicOperations.FixedTimeEquals(wanted, Hash(Given(authorization))) ? found : null;
    }

    private static string Given(string? authorization)
    {
        const string scheme = "Basic ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return "";
        var bytes = new byte[authorization.Length];
        return Convert.TryFromBase64String(authorization[scheme.Length..].Trim(), bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
