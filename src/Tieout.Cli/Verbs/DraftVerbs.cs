using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout draft make|list|show|edit|final|drop</c>.</summary>
internal static class DraftVerbs
{
    public static Command Create() => new("draft", "Draw invoices up for people to look at, and make them final.")
    {
        Make(), List(), Show(), Edit(), Final(), Drop(),
    };

    private static Command Make()
    {
        var account = new Argument<string>("account") { Description = "Code of the billing account." };
        var on = new Option<string?>("--on", "--date")
        {
            Description = "What falls due through this day; the date of the invoices. Default: today.",
            HelpName = "day",
        };
        var engines = TaxEngineSet.Taxing();
        return new Command("make", "Draw up, or refresh, an account's drafts. Nothing is booked.") { account, on, engines }.Does(async (parsed, screen, cancel) =>
        {
            await using var taxes = TaxEngineSet.LoadIfAny(parsed.GetValue(engines));
            await using var database = await parsed.OpenDatabase(cancel);
            var request = new DraftRequest { Account = parsed.GetRequiredValue(account), Date = parsed.GetValue(on), Actor = Verb.Actor };
            return Told(screen, await new DraftInvoices(database.Source, TimeProvider.System, taxes.Taxes).Make(request, cancel), whole: true);
        });
    }

    private static Command List()
    {
        var account = new Argument<string?>("account") { Description = "Code of a billing account; all when not given.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("list", "Drafts, the newest first.") { account }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var drafts = await new DraftInvoices(database.Source, TimeProvider.System).List(parsed.GetValue(account), null, cancel);
            screen.Result(drafts, console => console.Write(Drawn(drafts)));
            return ExitCode.Done;
        });
    }

    private static Command Show()
    {
        var id = Id();
        return new Command("show", "A draft with its lines and how they came about.") { id }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            if (await new DraftInvoices(database.Source, TimeProvider.System).Find(parsed.GetRequiredValue(id), cancel) is not { } draft)
                throw new UsageException("No draft has this id.");
            return Told(screen, new DraftOutcome.Done([draft]), whole: true);
        });
    }

    private static Command Edit()
    {
        var (id, order) = (Id(), new Option<string?>("--po") { Description = "The customer's order number; empty takes it away.", HelpName = "number" });
        var note = new Option<string?>("--note") { Description = "A note the customer reads; empty takes it away.", HelpName = "text" };
        return new Command("edit", "Write an open draft's order number or note.") { id, order, note }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var edit = new DraftEdit { PurchaseOrder = parsed.GetValue(order), Note = parsed.GetValue(note), Actor = Verb.Actor };
            return Told(screen, await new DraftInvoices(database.Source, TimeProvider.System).Edit(parsed.GetRequiredValue(id), edit, cancel));
        });
    }

    private static Command Final()
    {
        var (id, engines) = (Id(), TaxEngineSet.Taxing());
        var command = new Command("final", "Bill the account as of the draft's day, if that is still what its drafts show.") { id, engines };
        return command.Does(async (parsed, screen, cancel) =>
        {
            await using var taxes = TaxEngineSet.LoadIfAny(parsed.GetValue(engines));
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await new FinaliseDraft(database.Source, TimeProvider.System, taxes.Taxes).Run(parsed.GetRequiredValue(id), Verb.Actor, cancel));
        });
    }

    private static Command Drop()
    {
        var id = Id();
        return new Command("drop", "Drop an open draft.") { id }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            return Told(screen, await new DraftInvoices(database.Source, TimeProvider.System).Drop(parsed.GetRequiredValue(id), Verb.Actor, cancel));
        });
    }

    private static Argument<Guid> Id() => new("id") { Description = "The draft's id, as tieout draft list shows it." };

    private static int Told(Screen screen, DraftOutcome outcome, bool whole = false)
    {
        switch (outcome)
        {
            case DraftOutcome.Done { Drafts: var drafts }:
                screen.Result(drafts, console =>
                {
                    console.Write(Drawn(drafts));
                    if (whole)
                        foreach (var draft in drafts) PreviewVerb.Draw(console, draft.Document);
                });
                return ExitCode.Done;
            case DraftOutcome.Unreadable bad: throw new UsageException(PreviewVerb.Words(bad.Errors));
            case DraftOutcome.NotFound missing: throw new UsageException(missing.Words);
            case DraftOutcome.Refused no:
                screen.Note($"Nothing was changed ({no.Code}). {no.Reason.TrimEnd('.')}. {no.Remedy}");
                return ExitCode.Findings;
            case var other: throw new InvalidOperationException($"No words for {other}.");
        }
    }

    private static Table Drawn(IReadOnlyList<InvoiceDraft> drafts)
    {
        var table = Screen.Table("draft", "account", "date", "state", "invoice", "order", ">total", "currency");
        foreach (var draft in drafts)
            table.AddRow(
                draft.Id.ToString(), Markup.Escape(draft.Account), draft.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Domain.Words.Of(draft.State), draft.Invoice ?? "", Markup.Escape(draft.PurchaseOrder),
                Screen.Amount(draft.Document.Total.Amount, draft.Document.Total.Currency.Code), draft.Document.Total.Currency.Code);
        if (drafts.Count == 0) table.AddRow("none: nothing is to be billed", "", "", "", "", "", "", "");
        return table;
    }
}
