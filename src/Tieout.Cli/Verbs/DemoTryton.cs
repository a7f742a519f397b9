using System.Net.Sockets;
using System.Text.Json;
using Dapper;
using Tieout.Application.Database;
using Tieout.Cli.Terminal;
using Tieout.Connectors.Port;
using Tieout.Domain.Ledger;

namespace Tieout.Cli.Verbs;

/// <summary>
/// A Tryton that runs on this machine already, such as the one <c>dev/tryton up</c> starts: found by the file it leaves,
/// <c>erp.json</c> in <c>TRYTON_HOME</c> or in a folder with tryton in its name under the temporary folder.
/// </summary>
internal static class DemoTryton
{
    /// <summary>The entity of the sample books whose documents go there.</summary>
    public const string LegalEntity = "ST";

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>Its settings, or null when none is found or none answers.</summary>
    public static TargetSettings? Find(Screen screen)
    {
        foreach (var file in Places().Where(File.Exists))
        {
            try
            {
                var settings = Read(file);
                if (Answers(settings.Url)) return settings;
            }
            catch (Exception unusable) when (
                unusable is JsonException or IOException or KeyNotFoundException or UnauthorizedAccessException or InvalidOperationException)
            {
                screen.Note($"{file} does not describe a Tryton and is left aside: {unusable.Message}");
            }
        }
        screen.Note("No Tryton is running here: its part of the demo goes to the SAP stand-in. dev/tryton up starts one.");
        return null;
    }

    /// <summary>
    /// Gives the entity a series of its own, new every minute for a month: a Tryton that runs on still holds the documents of
    /// earlier demos, whose books are gone, and a number must not mean two things there.
    /// </summary>
    public static async Task OwnSeries(TieoutDatabase database, TargetSet targets, DateTimeOffset now, CancellationToken cancel)
    {
        if (targets.Targets.All(target => target.Settings.System != "tryton")) return;
        var minutes = (int)(now.ToUnixTimeSeconds() / 60 % (36 * 36 * 36));
        var series = string.Concat(Digits[minutes / 36 / 36], Digits[minutes / 36 % 36], Digits[minutes % 36]);
        await using var connection = await database.Source.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync("update customers.legal_entity set series = @series where code = @LegalEntity", new { series, LegalEntity });
    }

    private static IEnumerable<string> Places()
    {
        if (Environment.GetEnvironmentVariable("TRYTON_HOME") is { Length: > 0 } home) yield return Path.Combine(home, "erp.json");
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), "*tryton*").Order(StringComparer.Ordinal))
            yield return Path.Combine(folder, "erp.json");
    }

    private static TargetSettings Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var erp = document.RootElement;
        return new TargetSettings(
            "tryton-de", "tryton", new Uri(erp.GetProperty("url").GetString()!), "hub", erp.GetProperty("users").GetProperty("hub").GetString()!,
            erp.GetProperty("companies").GetProperty("DE").GetProperty("name").GetString()!,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [LedgerAccount.Receivable] = "1100",
                [LedgerAccount.Revenue] = "4000",
                [LedgerAccount.DeferredRevenue] = "2200",
                [LedgerAccount.PrepaidCredit] = "2220",
                [LedgerAccount.UnbilledReceivable] = "1200",
                [LedgerAccount.ContractAsset] = "1210",
                [LedgerAccount.Revaluation] = "1190",
                [LedgerAccount.FxUnrealised] = "5310",
                [LedgerAccount.Tax] = "2100",
            },
            new Dictionary<string, string>(StringComparer.Ordinal) { ["DE-19"] = "DE-19" },
            new Dictionary<string, string>(StringComparer.Ordinal), BatchSize: null, Slots: null, TimeSpan.FromSeconds(120), Version: "demo");
    }

    private static bool Answers(Uri url)
    {
        try
        {
            using var socket = new TcpClient();
            return socket.ConnectAsync(url.Host, url.Port).Wait(TimeSpan.FromSeconds(1));
        }
        catch (AggregateException)
        {
            return false;
        }
    }
}
