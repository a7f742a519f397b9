using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tieout.Sandbox.Odoo;

/// <summary>
/// What <c>account.move</c> does: drafts with taxes computed, posting, deleting, reconciling. A call checks everything before it changes anything,
/// so that a refusal leaves no trace. Whoever calls holds the database's gate.
/// </summary>
internal sealed partial class OdooMoves(OdooDatabase database)
{
    private const string Moves = "account.move";
    private const string Lines = "account.move.line";

    /// <summary>Moves that posting refuses, by a fault asked for.</summary>
    public HashSet<long> Refused { get; } = [];

    /// <summary>Creates drafts, all or none.</summary>
    public IReadOnlyList<long> Create(JsonArray values, JsonObject context)
    {
        var made = values.Select(one => Draft((JsonObject)one!, OdooDatabase.Allowed(context)[0])).ToList();
        foreach (var (move, lines) in made)
        {
            database[Moves].Add(move);
            database[Lines].AddRange(lines);
        }
        return [.. made.Select(one => one.Move.Id)];
    }

    /// <summary>Changes a draft: its number, amounts of taxes, accounts.</summary>
    public void Write(long id, JsonObject values)
    {
        var move = database.Get(Moves, id);
        OdooDatabase.Known(Moves, values.Select(value => value.Key).Where(field => field != "line_ids"));
        if (move.Text("state") != "draft") throw new OdooFault("You cannot modify a posted entry of this journal because it is in strict mode.");
        var changes = (values["line_ids"] as JsonArray ?? []).Select(command =>
            (Line: Changed(move, (JsonArray)command!), Values: (JsonObject)command![2]!)).ToList();
        foreach (var (_, change) in changes) OdooDatabase.Known(Lines, change.Select(value => value.Key));
        foreach (var (line, change) in changes)
        {
            if (change["amount_currency"] is { } amount) line["amount_currency"] = amount.GetValue<decimal>();
            if (change["account_id"] is { } account) line["account_id"] = database.Get("account.account", account.GetValue<long>()).Id;
        }
        if (values["name"] is { } name) move["name"] = name.GetValue<string>();
        if (move.Text("move_type") != "entry") Balance(move, LinesOf(id));
    }

    /// <summary>Deletes drafts.</summary>
    public void Unlink(IReadOnlyList<long> ids)
    {
        foreach (var move in ids.Select(id => database.Get(Moves, id)))
        {
            if (move.Text("state") == "posted") throw new OdooFault("You cannot delete a posted journal entry. Reset it to draft first.");
            if (move.Text("name") != "/" && database[Moves].Exists(other => other.Id > move.Id && other.Link("journal_id") == move.Link("journal_id")
                && other.Text("name") != "/"))
                throw new OdooFault("You cannot delete this entry, as it has already consumed a sequence number and is not the last one in the chain. "
                    + "You should probably revert it instead.");
        }
        database[Moves].RemoveAll(move => ids.Contains(move.Id));
        database[Lines].RemoveAll(line => ids.Contains(line.Link("move_id")));
    }

    /// <summary>Posts drafts, all or none. A date that is locked is moved to the first open one without a word.</summary>
    public void Post(IReadOnlyList<long> ids)
    {
        var moves = ids.Select(id => database.Get(Moves, id)).ToList();
        foreach (var move in moves) Postable(move, moves);
        foreach (var move in moves)
        {
            if (Locked(move) is { } day && string.CompareOrdinal(move.Text("date"), day) <= 0)
                move["date"] = DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture).AddDays(1).ToString("yyyy-MM-dd",
                    CultureInfo.InvariantCulture);
            if (move.Text("name") == "/") move["name"] = Number(move);
            move["state"] = "posted";
            foreach (var line in LinesOf(move.Id)) (line["parent_state"], line["date"]) = ("posted", move["date"]);
        }
    }

    /// <summary>Matches open lines of both sides, in full or in part.</summary>
    public void Reconcile(IReadOnlyList<long> ids)
    {
        var lines = ids.Select(id => database.Get(Lines, id)).ToList();
        if (lines.Exists(line => line.Text("parent_state") != "posted")) throw new OdooFault("You can only reconcile posted entries.");
        if (lines.Exists(line => line.Amount("amount_residual_currency") == 0m))
            throw new OdooFault("You are trying to reconcile some entries that are already reconciled.");
        if (lines.Select(line => line.Link("account_id")).Distinct().Count() > 1) throw new OdooFault("Entries are not from the same account.");
        foreach (var debit in lines.Where(line => line.Amount("amount_residual_currency") > 0m))
            foreach (var credit in lines.Where(line => line.Amount("amount_residual_currency") < 0m))
            {
                var matched = Math.Min(debit.Amount("amount_residual_currency"), -credit.Amount("amount_residual_currency"));
                debit["amount_residual_currency"] = debit.Amount("amount_residual_currency") - matched;
                credit["amount_residual_currency"] = credit.Amount("amount_residual_currency") + matched;
            }
    }

    /// <summary>The last day of the month of a company's latest move.</summary>
    public string LastMonthEnd(long company)
    {
        var latest = database[Moves].Where(move => move.Link("company_id") == company).Max(move => move.Text("date")) ?? "2026-01-01";
        return DateOnly.ParseExact(latest[..7] + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture).AddMonths(1).AddDays(-1)
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    public List<OdooRow> LinesOf(long move) => database[Lines].FindAll(line => line.Link("move_id") == move);

    private void Postable(OdooRow move, List<OdooRow> together)
    {
        if (Refused.Contains(move.Id)) throw new OdooFault("The entry was refused by a check of the sandbox.");
        if (move.Text("state") != "draft") throw new OdooFault(FormattableString.Invariant($"The entry {move.Text("name")} (id {move.Id}) must be in draft."));
        if (LinesOf(move.Id).Count == 0) throw new OdooFault("You need to add a line before posting.");
        if (move.Amount("amount_total") < 0m)
            throw new OdooFault("You cannot validate an invoice with a negative total amount. You should create a credit note instead.");
        if (move.Text("name") != "/" && database[Moves].Exists(other => other.Id != move.Id && other.Text("name") == move.Text("name")
            && other.Link("journal_id") == move.Link("journal_id") && (other.Text("state") == "posted" || together.Contains(other))))
            throw OdooFault.Validation($"Posted journal entry must have an unique sequence number per company.\nProblematic numbers: {move.Text("name")}\n");
    }

    private string? Locked(OdooRow move)
    {
        var company = database.Get("res.company", move.Link("company_id"));
        string[] fields = move.Text("move_type") == "entry" ? ["fiscalyear_lock_date", "hard_lock_date"]
            : ["fiscalyear_lock_date", "hard_lock_date", "tax_lock_date", "sale_lock_date"];
        return fields.Select(field => company[field] as string).Max(StringComparer.Ordinal);
    }

    private string Number(OdooRow move)
    {
        var prefix = $"{database.Get("account.journal", move.Link("journal_id")).Text("code")}/{move.Text("date")[..4]}/";
        return prefix + (database[Moves].Count(other => other.Text("name").StartsWith(prefix, StringComparison.Ordinal)) + 1).ToString("D5",
            CultureInfo.InvariantCulture);
    }

    private (OdooRow Move, List<OdooRow> Lines) Draft(JsonObject values, long company)
    {
        OdooDatabase.Known(Moves, values.Select(value => value.Key).Where(field => field is not ("line_ids" or "invoice_line_ids")));
        var move = database.New(values.Where(value => value.Value is not JsonArray).Select(value => (value.Key, Plain(value.Value))));
        (move["company_id"], move["state"]) = (company, "draft");
        if (move.Text("name").Length == 0 || !Fits(move.Text("name"), move.Text("date"))) move["name"] = "/";
        Mine("account.journal", move.Link("journal_id"), company);
        database.Get("res.currency", move.Link("currency_id"));
        var isEntry = move.Text("move_type") == "entry";
        var told = values[isEntry ? "line_ids" : "invoice_line_ids"] as JsonArray ?? [];
        List<OdooRow> lines = [.. told.Select(command => Line(move, (JsonObject)command![2]!, isEntry))];
        if (isEntry) EntryBalances(lines);
        else
        {
            if (move.Link("partner_id") == 0) throw OdooFault.Validation("The field 'Customer' is required, please complete it to validate the Customer Invoice.");
            database.Get("res.partner", move.Link("partner_id"));
            Taxed(move, told, lines);
        }
        return (move, lines);
    }

    private OdooRow Line(OdooRow move, JsonObject told, bool isEntry)
    {
        OdooDatabase.Known(Lines, told.Select(value => value.Key));
        var line = database.New(told.Where(value => value.Key != "tax_ids").Select(value =>
            (value.Key, value.Key == "analytic_distribution" ? value.Value!.DeepClone() : Plain(value.Value))));
        Mine("account.account", line.Link("account_id"), move.Link("company_id"));
        if (line["analytic_distribution"] is JsonObject shares)
            foreach (var (account, _) in shares) database.Get("account.analytic.account", long.Parse(account, CultureInfo.InvariantCulture));
        if (!isEntry)
        {
            var sign = move.Text("move_type") == "out_refund" ? 1m : -1m;
            (line["amount_currency"], line["display_type"]) = (sign * Round(Number(told, "quantity") * Number(told, "price_unit")), "product");
            (line["currency_id"], line["partner_id"]) = (move["currency_id"], move["partner_id"]);
        }
        else
        {
            line["display_type"] = "product";
            (line["amount_currency"], line["debit"], line["credit"]) = (Number(told, "amount_currency"), Number(told, "debit"), Number(told, "credit"));
            if (line.Link("partner_id") is var partner and not 0) database.Get("res.partner", partner);
        }
        Stand(move, line);
        return line;
    }

    /// <summary>Taxes as Odoo computes them by its own rounding, which is not ours: halves go to the even cent. Then what is owed.</summary>
    private void Taxed(OdooRow move, JsonArray told, List<OdooRow> lines)
    {
        var bases = told.Select((command, index) => (Taxes: (JsonArray)command![2]!["tax_ids"]![0]![2]!, lines[index]))
            .SelectMany(one => one.Taxes.Select(tax => (Tax: tax!.GetValue<long>(), Amount: one.Item2.Amount("amount_currency"))));
        foreach (var group in bases.GroupBy(one => one.Tax).ToList())
        {
            Mine("account.tax", group.Key, move.Link("company_id"));
            var tax = database.Get("account.tax", group.Key);
            lines.Add(Computed(move, "tax", Round(group.Sum(one => one.Amount) * tax.Amount("amount") / 100m), tax.Link("account_id"), tax.Text("name"), tax.Id));
        }
        var receivable = database["account.account"].Find(account => account.Text("code") == "122000"
            && account.Link("company_id") == move.Link("company_id"))!.Id;
        lines.Add(Computed(move, "payment_term", 0m, receivable, move.Text("payment_reference"), null));
        Balance(move, lines);
    }

    private OdooRow Computed(OdooRow move, string display, decimal amount, long account, string name, long? tax)
    {
        var line = database.New(
            ("display_type", display), ("amount_currency", amount), ("account_id", account), ("name", name), ("currency_id", move["currency_id"]),
            ("partner_id", move["partner_id"]), ("tax_line_id", tax));
        Stand(move, line);
        return line;
    }

    private void Stand(OdooRow move, OdooRow line)
    {
        (line["move_id"], line["company_id"], line["parent_state"], line["date"]) = (move.Id, move["company_id"], "draft", move["date"]);
        Open(line);
    }

    // Only of accounts that are reconciled anything is open.
    private void Open(OdooRow line) => line["amount_residual_currency"] =
        database.Get("account.account", line.Link("account_id"))["reconcile"] is true ? line.Amount("amount_currency") : 0m;

    /// <summary>What is owed is what the other lines come to.</summary>
    private void Balance(OdooRow move, List<OdooRow> lines)
    {
        var sign = move.Text("move_type") == "out_refund" ? 1m : -1m;
        decimal Sum(string display) => lines.Where(line => line.Text("display_type") == display).Sum(line => line.Amount("amount_currency"));
        lines.Find(line => line.Text("display_type") == "payment_term")!["amount_currency"] = -(Sum("product") + Sum("tax"));
        foreach (var line in lines) Open(line);
        (move["amount_untaxed"], move["amount_tax"]) = (sign * Sum("product"), sign * Sum("tax"));
        move["amount_total"] = move.Amount("amount_untaxed") + move.Amount("amount_tax");
    }

    private static void EntryBalances(List<OdooRow> lines)
    {
        var difference = lines.Sum(line => line.Amount("debit") - line.Amount("credit"));
        if (difference != 0m) throw new OdooFault($"The move (Draft Entry) is not balanced.\n"
            + $"The total of debits differs from the total of credits by {difference.ToString(CultureInfo.InvariantCulture)}.");
        if (lines.Exists(line => Math.Sign(line.Amount("amount_currency")) * Math.Sign(line.Amount("debit") - line.Amount("credit")) < 0))
            throw OdooFault.Validation("The amount expressed in the secondary currency must be positive "
                + "when account is debited and negative when account is credited.");
    }

    private OdooRow Changed(OdooRow move, JsonArray command)
    {
        if (command[0]!.GetValue<int>() != 1) throw OdooFault.Value("The sandbox only changes lines.");
        var line = database.Get(Lines, command[1]!.GetValue<long>());
        return line.Link("move_id") == move.Id ? line : throw OdooFault.Missing(Lines, line.Id);
    }

    private void Mine(string model, long id, long company)
    {
        if (database.Get(model, id).Link("company_id") != company)
            throw new OdooFault($"Incompatible companies on records:\n- '{model}' belongs to another company.");
    }

    /// <summary>A number with a year in it has to be of the move's year; otherwise Odoo drops it in silence.</summary>
    private static bool Fits(string name, string date) => Year().Match(name) is not { Success: true } year || year.Groups["year"].Value == date[..4];

    [GeneratedRegex(@"(^|[-/])(?<year>20\d\d)([-/]|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Year();

    private static decimal Round(decimal amount) => Math.Round(amount, 2, MidpointRounding.ToEven);

    private static decimal Number(JsonObject told, string field) => told[field] is { } number
        ? decimal.Parse(number.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture) : 0m;

    private static object? Plain(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>(),
        JsonValueKind.True => true,
        JsonValueKind.Number when long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) => id,
        JsonValueKind.Number => decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => null,
    };
}
