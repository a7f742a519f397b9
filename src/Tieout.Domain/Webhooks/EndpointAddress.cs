using System.Net;
using System.Net.Sockets;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Webhooks;

/// <summary>
/// Which addresses a webhook may go to. Whoever may write an endpoint must not be able to make this program call what only it can
/// reach: networks inside, neighbours, a cloud's metadata. Sources: the special-purpose registries of IANA (RFC 6890) and RFC 4291.
/// </summary>
public static class EndpointAddress
{
    /// <summary>The longest URL.</summary>
    public const int LengthMost = 2000;

    private static readonly IPNetwork[] Refused = [.. new[]
    {
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    }.Select(network => IPNetwork.Parse(network))];

    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>What is wrong with a URL and how to correct it; null when nothing is. Names are resolved only when it is called.</summary>
    public static string? Problem(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "Is needed: where events are sent, such as https://example.com/tieout.";
        if (text.Length > LengthMost) return $"At most {LengthMost} characters.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || text.Any(letter => letter is <= ' ' or > '~'))
            return "Is not an address; write https:// with a host, in ASCII.";
        if (url.UserInfo.Length > 0) return "A user or password in the address is not taken; events are signed instead.";
        if (url.Fragment.Length > 0) return "What follows # is never sent; leave it out.";
        if (CardNumber.IsIn(url.PathAndQuery)) return "This looks like the number of a payment card; take another address.";
        if (url.Scheme == "http" && !NamesLoopback(url)) return "Is not encrypted; use https. http is taken for this machine only.";
        return IPAddress.TryParse(url.DnsSafeHost, out var address) && !Allows(url, address)
            ? "Is an address inside a network or of no host; events go to public addresses or, named as such, to this machine."
            : null;
    }

    /// <summary>True when the URL names this machine itself: <c>localhost</c>, 127.0.0.0/8 or ::1.</summary>
    public static bool NamesLoopback(Uri url) =>
        url.IdnHost.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(Plain(address));

    /// <summary>
    /// True when this URL may be called at this address, which its host resolved to. A URL that names this machine reaches this
    /// machine only; any other reaches public addresses only.
    /// </summary>
    public static bool Allows(Uri url, IPAddress address)
    {
        address = Plain(address);
        return NamesLoopback(url) ? IPAddress.IsLoopback(address) : IsPublic(address);
    }

    private static bool IsPublic(IPAddress address) =>
        !Refused.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
        && (address.AddressFamily == AddressFamily.InterNetwork
            || address.AddressFamily == AddressFamily.InterNetworkV6 && Global.Contains(address) && address.ScopeId == 0);

    // An address of version 4 inside one of version 6 is judged as what it is.
    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 && Translated.Contains(address)
            ? new IPAddress(address.GetAddressBytes().AsSpan(12))
            : address;
    }
}
