using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using Tieout.Application.Runs;

namespace Tieout.Cli.Terminal;

/// <summary>
/// Where results and progress go: results to standard output, as a table or as one JSON object; everything else to standard
/// error, so that a pipe gets results only.
/// </summary>
internal sealed class Screen(bool json)
{
    private static readonly JsonSerializerOptions JsonFormat = Format();

    private const int WidthOfFiles = 180;

    private readonly IAnsiConsole _results = On(Console.Out, Console.IsOutputRedirected);

    /// <summary>True when results are to be one JSON object.</summary>
    public bool Json => json;

    /// <summary>For progress and remarks.</summary>
    public IAnsiConsole Notes { get; } = On(Console.Error, Console.IsErrorRedirected);

    /// <summary>How far the work was when it was last heard of.</summary>
    public (string Title, RunProgress Progress)? Reached { get; set; }

    /// <summary>Whether somebody watches standard error on a terminal.</summary>
    public bool Watched => !json && !Console.IsErrorRedirected;

    /// <summary>The result: the object as JSON, or what <paramref name="table"/> draws.</summary>
    public void Result(object result, Action<IAnsiConsole> table)
    {
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(result, JsonFormat));
        else table(_results);
    }

    /// <summary>A remark on standard error.</summary>
    public void Note(string text) => Console.Error.WriteLine(text);

    /// <summary>A table in the house's look.</summary>
    public static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            // A column whose name begins with > holds figures.
            var figures = column.StartsWith('>');
            var head = new TableColumn(new Markup($"[bold]{Markup.Escape(column.TrimStart('>'))}[/]")).NoWrap();
            table.AddColumn(figures ? head.RightAligned() : head);
        }
        return table;
    }

    /// <summary>An amount for people: grouped, with the currency's decimals.</summary>
    public static string Amount(decimal amount, string currency) =>
        amount.ToString("N" + Domain.Currency.Of(currency).MinorUnits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>A count for people.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    // A file or a pipe gets neither colours nor lines cut to a width it does not have.
    private static IAnsiConsole On(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (redirected) console.Profile.Width = WidthOfFiles;
        return console;
    }

    // As the API writes it, with shorter amounts; what goes to a terminal or a pipe is no web page.
    private static JsonSerializerOptions Format()
    {
        var format = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        format.Converters.Add(new AmountsAsText());
        Api.Json.Configure(format);
        return format;
    }

    /// <summary>Amounts leave as text, exact, without trailing zeros beyond two decimals.</summary>
    private sealed class AmountsAsText : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            decimal.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString("0.00##########################", CultureInfo.InvariantCulture));
    }
}
