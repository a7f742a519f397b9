using Tieout.Connectors.Port;

namespace Tieout.Connectors.Legacy.Soap;

/// <summary>A target of system <c>legacy-soap</c>.</summary>
internal sealed class SoapSettings
{
    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["path"] = "/legacy/soap",
        ["page-size"] = "500", // documents of one answer, 1 to 5000
    };

    private SoapSettings(LegacySettings common) => Common = common;

    /// <summary>What both legacy systems have.</summary>
    public LegacySettings Common { get; }

    /// <summary>The target itself.</summary>
    public TargetSettings Target => Common.Target;

    /// <summary>Where the service listens.</summary>
    public Uri Address => new(Target.Url.GetLeftPart(UriPartial.Path).TrimEnd('/') + Common["path"]);

    /// <summary>Documents of one answer.</summary>
    public int PageSize { get; private init; }

    /// <summary>Reads a target.</summary>
    /// <exception cref="ArgumentException">A setting is missing, unknown or not possible; the message names it.</exception>
    public static SoapSettings Of(TargetSettings target)
    {
        var common = new LegacySettings(target, Defaults);
        if (!target.Url.IsAbsoluteUri || target.Url.Scheme is not ("http" or "https")) throw common.Wrong("url is not an http(s) address.");
        if (!common["path"].StartsWith('/')) throw common.Wrong("option 'path' must begin with a slash.");
        return int.TryParse(common["page-size"], System.Globalization.CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= 5000
            ? new SoapSettings(common) { PageSize = size }
            : throw common.Wrong("option 'page-size' must be 1 to 5000.");
    }
}
