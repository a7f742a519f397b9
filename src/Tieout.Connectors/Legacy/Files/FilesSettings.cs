using System.Globalization;
using System.Text;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>A target of system <c>legacy-files</c>: where the folders are and how files look.</summary>
internal sealed class FilesSettings
{
    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["outbox"] = "outbox",       // what we hand over; the ERP takes files from here
        ["inbox"] = "inbox",         // what the ERP writes: acknowledgements, rejections, exports
        ["archive"] = "archive",     // where the ERP moves what it has taken
        ["register"] = "register",   // ours alone: every file handed over, by number
        ["format"] = "csv",          // csv or fixed
        ["encoding"] = "utf-8",      // of the texts; utf-8 or iso-8859-1
        ["acknowledge-hours"] = "24", // until when an acknowledgement is not late; 0 to 720
    };

    private FilesSettings(LegacySettings common, FileCodec codec) => (Common, Codec) = (common, codec);

    /// <summary>What both legacy systems have.</summary>
    public LegacySettings Common { get; }

    /// <summary>Reads and writes files as configured.</summary>
    public FileCodec Codec { get; }

    /// <summary>The target itself.</summary>
    public TargetSettings Target => Common.Target;

    /// <summary>How long after its hand-over a file without an acknowledgement is as agreed. After that a person is told.</summary>
    public TimeSpan AcknowledgedWithin => TimeSpan.FromHours(int.Parse(Common["acknowledge-hours"], NumberStyles.None, CultureInfo.InvariantCulture));

    /// <summary>A folder by its option; relative ones count from the target's address.</summary>
    public string Folder(string option) => Path.Combine(Target.Url.LocalPath, Common[option]);

    /// <summary>Reads a target.</summary>
    /// <exception cref="ArgumentException">A setting is missing, unknown or not possible; the message names it.</exception>
    public static FilesSettings Of(TargetSettings target)
    {
        var common = new LegacySettings(target, Defaults);
        if (!target.Url.IsAbsoluteUri || !target.Url.IsFile) throw common.Wrong("url must be a folder, such as file:///srv/exchange/erp/.");
        if (!LegacyLimits.IsCode(target.User, 16) || target.User.Length == 0) throw common.Wrong("user must be the sender's name, a code of at most 16 characters.");
        if (target.Password.Length == 0) throw common.Wrong("password must be the secret that seals the files.");
        if (common["format"] is not ("csv" or "fixed")) throw common.Wrong("option 'format' must be csv or fixed.");
        Encoding encoding = common["encoding"] switch
        {
            "utf-8" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            "iso-8859-1" => Encoding.Latin1, // what it cannot hold becomes a question mark
            _ => throw common.Wrong("option 'encoding' must be utf-8 or iso-8859-1."),
        };
        if (!int.TryParse(common["acknowledge-hours"], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || hours > 720)
            throw common.Wrong("option 'acknowledge-hours' must be a whole number of hours, 0 to 720.");
        var settings = new FilesSettings(common, new FileCodec(common["format"] == "fixed", encoding, target.Password));
        string[] folders = [.. ((string[])["outbox", "inbox", "archive", "register"]).Select(option => Path.GetFullPath(settings.Folder(option)))];
        return folders.Distinct(StringComparer.Ordinal).Count() == folders.Length
            ? settings
            : throw common.Wrong("outbox, inbox, archive and register must be four folders.");
    }
}
