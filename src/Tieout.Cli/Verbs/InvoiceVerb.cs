using System.CommandLine;
using Spectre.Console;
using Tieout.Application.Documents;
using Tieout.Cli.Terminal;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout invoice NUMBER --pdf --out FILE</c>.</summary>
internal static class InvoiceVerb
{
    public static Command Create()
    {
        var numbers = new Argument<string[]>("number") { Description = "Numbers or ids of invoices.", Arity = ArgumentArity.OneOrMore };
        var html = new Option<bool>("--html") { Description = "As a page, ready to print. This is what you get when you name nothing." };
        var pdf = new Option<bool>("--pdf") { Description = "As PDF; needs an installed Chromium." };
        var ubl = new Option<bool>("--ubl") { Description = "As UBL 2.1 that satisfies EN 16931." };
        var output = new Option<string?>("--out") { Description = "File to write; a folder when there are several. Default: standard output.", HelpName = "file" };
        var format = Word("--format", "How figures and days look", DocumentFormat.All.Select(known => known.Name));
        var paper = Word("--paper", "The sheet; default: the seller's country's", ["a4", "letter"]);
        var profile = Word("--profile", "What the electronic invoice keeps", UblProfile.All.Select(known => known.Name));
        var command = new Command("invoice", "Draw invoices: as a page, as PDF, or as an electronic invoice.")
        {
            numbers, html, pdf, ubl, output, format, paper, profile,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(html) ? 1 : 0) + (result.GetValue(pdf) ? 1 : 0) + (result.GetValue(ubl) ? 1 : 0) > 1)
                result.AddError("One of --html, --pdf and --ubl, please.");
        });
        return command.Does(async (parsed, screen, cancel) =>
        {
            var order = new Order(
                parsed.GetRequiredValue(numbers), parsed.GetValue(pdf) ? DocumentShape.Pdf : parsed.GetValue(ubl) ? DocumentShape.Ubl : DocumentShape.Html,
                parsed.GetValue(output),
                new DrawingWishes(
                    parsed.GetValue(format) is { } look ? DocumentFormat.Of(look) : null,
                    parsed.GetValue(paper) switch { "a4" => Paper.A4, "letter" => Paper.Letter, _ => null },
                    parsed.GetValue(profile) is { } kept ? UblProfile.Of(kept) : null));
            order.DemandPlace();
            await using var database = await parsed.OpenDatabase(cancel);
            await using var printer = PdfPrinter.OfThisMachine();
            return await Draw(new DrawInvoice(new LoadInvoiceDocument(database.Source), printer), order, screen, cancel);
        });
    }

    private static async Task<int> Draw(DrawInvoice draw, Order order, Screen screen, CancellationToken cancel)
    {
        var findings = false;
        foreach (var number in order.Numbers)
        {
            switch (await draw.Run(number, order.Shape, order.Wishes, cancel))
            {
                case DrawnInvoice.Drawn drawn:
                    await order.Write(drawn, screen, cancel);
                    break;
                case DrawnInvoice.NotFound:
                    screen.Note($"No invoice has the id or number '{number}'.");
                    findings = true;
                    break;
                case DrawnInvoice.NoPrinter none:
                    screen.Note($"pdf-unavailable: {none.Reason}");
                    return ExitCode.Failed;
                case DrawnInvoice.BreaksRules broken:
                    Tell(broken, screen);
                    findings = true;
                    break;
            }
        }
        return findings ? ExitCode.Findings : ExitCode.Done;
    }

    private static void Tell(DrawnInvoice.BreaksRules broken, Screen screen)
    {
        screen.Note($"Invoice {broken.Number} cannot be handed out as an electronic one yet:");
        var table = Screen.Table("rule", "field", "reason and remedy");
        foreach (var finding in broken.Findings)
            table.AddRow(Markup.Escape(finding.Rule), Markup.Escape(finding.Field), Markup.Escape($"{finding.Reason} {finding.Remedy}"));
        screen.Notes.Write(table);
    }

    private static Option<string?> Word(string name, string description, IEnumerable<string> words)
    {
        string[] known = [.. words];
        var option = new Option<string?>(name) { Description = $"{description}: {string.Join(", ", known)}.", HelpName = "word" };
        option.AcceptOnlyFromAmong(known);
        return option;
    }

    /// <summary>What is to be drawn, and where it goes.</summary>
    private sealed record Order(IReadOnlyList<string> Numbers, DocumentShape Shape, string? Place, DrawingWishes Wishes)
    {
        private bool IsFolder => Numbers.Count > 1 || Directory.Exists(Place);

        /// <summary>Refuses what would write garbage to a terminal or several files into one.</summary>
        /// <exception cref="UsageException">There is no place for it.</exception>
        public void DemandPlace()
        {
            if (Place is null && Numbers.Count > 1) throw new UsageException("Several invoices need a folder: name it by --out.");
            if (Place is null && Shape == DocumentShape.Pdf && !Console.IsOutputRedirected)
                throw new UsageException("A PDF is not for a terminal: name a file by --out, or send it on with >.");
            if (Numbers.Count > 1 && File.Exists(Place)) throw new UsageException($"'{Place}' is a file; several invoices need a folder.");
        }

        /// <summary>Writes the file whole or not at all.</summary>
        public async Task Write(DrawnInvoice.Drawn drawn, Screen screen, CancellationToken cancel)
        {
            if (Place is null)
            {
                await using var output = Console.OpenStandardOutput();
                await output.WriteAsync(drawn.Content, cancel);
                return;
            }
            if (IsFolder) Directory.CreateDirectory(Place);
            var file = IsFolder ? Path.Combine(Place, drawn.FileName) : Place;
            var half = file + ".part";
            await File.WriteAllBytesAsync(half, drawn.Content, cancel);
            File.Move(half, file, overwrite: true);
            screen.Result(new { file, bytes = drawn.Content.Length }, console => console.WriteLine(file));
        }
    }
}
