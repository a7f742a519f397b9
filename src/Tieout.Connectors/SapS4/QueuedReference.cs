using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// What a document that SAP books later is called on its way: its key and 18 characters over what it says. A resend of the same has the
/// same, so that SAP can tell; only after SAP has refused it does the same document leave under another.
/// </summary>
internal static class QueuedReference
{
    /// <summary>A key has 16 at most, and a message id 35.</summary>
    public const int HashLength = 18;

    /// <summary>The reference.</summary>
    /// <param name="key">Business key.</param>
    /// <param name="content">What the document says.</param>
    /// <param name="refusals">How often SAP refused it so.</param>
    public static string Of(string key, byte[] content, int refusals)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(content);
        if (refusals > 0) hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"|{refusals}")));
        return $"{key}-{Convert.ToHexString(hash.GetHashAndReset())[..HashLength]}";
    }
}
