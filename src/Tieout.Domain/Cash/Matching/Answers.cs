using System.Globalization;

namespace Tieout.Domain.Cash.Matching;

/// <summary>Weighs the answers to one payment: by the numbers it names, by who paid, by its amount alone.</summary>
internal sealed class Answers(LineFacts facts, MatchBook book, MatchPolicy policy)
{
    private const int NumberExact = 40;
    private const int NumberDoubtful = 20;
    private const int Recent = 5;
    private const int RecentDays = 90;
    private const int SameAmount = 10;
    private readonly List<Proposal> _found = [];

    /// <summary>What speaks against an answer, or why there is none.</summary>
    public List<string> Remarks { get; } = [];

    private BankLine Line => facts.Line;

    /// <summary>The one answer that needs nobody; null for none.</summary>
    public Proposal? Certain()
    {
        var named = facts.Named;
        if (Line.Count != 1 || named.Ambiguous || named.Doubtful.Count > 0 || named.Exact.Count == 0 || !named.Exact.All(facts.MaySettle)) return null;
        var account = named.Exact[0].Account;
        if (named.Exact.Any(item => item.Account != account) || !facts.Payers.Contains(account) || Contradicted(named.Exact)) return null;
        if (Coverage.Exact(Line, named.Exact, policy) is not [{ IsProven: true } way]) return null;
        // Some of them might be meant instead, with nothing kept by banks or by who pays.
        if ((way.Fee > 0 || way.Discount > 0) && named.Exact.Count > 1
            && SubsetSum.Find(named.Exact, Line.Amount.Amount) is not { Only: null, Several: false }) return null;
        return Of(account, way, NumberExact, Names(named.Exact)) with { Score = 100 };
    }

    /// <summary>All others, best first.</summary>
    public IReadOnlyList<Proposal> Proposals()
    {
        ByNumber();
        ByPayer();
        if (_found.Count == 0 && facts.Payers.Count == 0) ByAmount();
        return [.. _found.GroupBy(answer => answer.Identity, StringComparer.Ordinal).Select(group => group.OrderByDescending(answer =>
            answer.Score).First())
            .OrderByDescending(answer => answer.Score).ThenBy(answer => answer.Identity, StringComparer.Ordinal).Take(policy.ProposalsMost)];
    }

    private void ByNumber()
    {
        var named = facts.Named;
        if (named.Ambiguous) Remarks.Add("A number it names stands for more than one invoice.");
        if (Line.Count > 1) Remarks.Add(string.Create(CultureInfo.InvariantCulture, $"The bank gives {Line.Count} payments as one amount."));
        foreach (var item in named.Exact.Concat(named.Doubtful)) Unsettled(item);
        var accounts = named.Exact.Concat(named.Doubtful).Select(item => item.Account).Distinct().Order().ToList();
        if (accounts.Count > 1) Remarks.Add("It names invoices of more than one customer.");
        foreach (var account in accounts)
        {
            var exact = named.Exact.Where(item => item.Account == account && facts.MaySettle(item)).ToList();
            var doubtful = named.Doubtful.Where(item => item.Account == account && facts.MaySettle(item)).ToList();
            if (exact.Count > 0) Add(account, exact, NumberExact, Names(exact));
            if (doubtful.Count > 0)
                Add(account, [.. exact.Concat(doubtful).OrderBy(item => item.Date).ThenBy(item => item.Number, StringComparer.Ordinal)], NumberDoubtful,
                    $"It may mean {List(doubtful)}: a letter may be misread, or run together with what stands beside it.");
        }
    }

    private void ByPayer()
    {
        foreach (var account in facts.Payers.Concat(facts.Like.Select(one => one.Account)))
        {
            var items = book.OpenOf(account).Where(facts.MaySettle).ToList();
            var before = _found.Count;
            foreach (var item in items)
                foreach (var way in Coverage.Exact(Line, [item], policy)) _found.Add(Of(account, way, 0, ""));
            if (_found.Count - before > 1)
            {
                var several = string.Create(CultureInfo.InvariantCulture, $"{_found.Count - before} invoices of this customer ask for it.");
                for (var index = before; index < _found.Count; index++)
                    _found[index] = _found[index] with
                    {
                        Score = Math.Max(1, _found[index].Score - SameAmount),
                        Reasons = [.. _found[index].Reasons, several],
                    };
            }
            if (_found.Count == before && items.Count > 1) Sum(account, items);
        }
    }

    // Several invoices of one customer that come to the amount, if only one set of them does.
    private void Sum(Guid account, List<OpenItem> items)
    {
        if (items.Count > policy.ItemsMost)
        {
            foreach (var way in Coverage.Exact(Line, items, policy).Where(way => way.Settles.Count == items.Count)) _found.Add(Of(account, way, 0, ""));
            return;
        }
        foreach (var charges in Line.Charges > 0 ? new[] { 0m, Line.Charges } : [0m])
        {
            var answer = SubsetSum.Find(items, Line.Amount.Amount + charges);
            if (answer.Several) Remarks.Add("More than one set of this customer's invoices comes to this amount.");
            if (answer.Only is not { } some) continue;
            var sorted = some.OrderBy(item => item.Date).ThenBy(item => item.Number, StringComparer.Ordinal).ToList();
            foreach (var way in Coverage.Exact(Line, sorted, policy).Where(way => way.IsProven))
                _found.Add(Of(account, way with { Points = way.Points - Recent }, 0, "No other invoices of this customer come to it."));
        }
    }

    // Nothing says who paid or for what: only an amount that hardly any invoice asks for is worth a look.
    private void ByAmount()
    {
        var items = book.OpenOf(Line.Amount).Where(facts.MaySettle)
            .Where(item => item.LegalEntity is null || Line.LegalEntity is null || item.LegalEntity == Line.LegalEntity).ToList();
        if (items.Count > MatchPolicy.AmountAlone)
            Remarks.Add(string.Create(CultureInfo.InvariantCulture, $"More than {MatchPolicy.AmountAlone} invoices ask for this amount."));
        else
            foreach (var item in items)
                foreach (var way in Coverage.Exact(Line, [item], policy))
                    _found.Add(Of(item.Account, way with { Points = way.Points / items.Count }, 0, "Only the amount speaks for it."));
    }

    private void Add(Guid account, IReadOnlyList<OpenItem> items, int points, string reason)
    {
        foreach (var way in Coverage.Of(Line, items, policy)) _found.Add(Of(account, way, points, reason));
    }

    private Proposal Of(Guid account, Way way, int points, string named)
    {
        var (payer, who) = facts.Payer(account);
        var settled = way.Settles.Select(part => part.Invoice).ToHashSet();
        var dates = book.OpenOf(account).Where(item => settled.Contains(item.Invoice)).Select(item => item.Date).ToList();
        var recent = dates.Count > 0 && dates.Max() >= Line.On.AddDays(-RecentDays) ? Recent : 0;
        return new Proposal(
            account, way.Settles, way.Unapplied, way.Fee, way.Discount, null, Math.Clamp(points + payer + way.Points + recent, 1, 99),
            [.. new[] { named, way.Reason, who }.Where(reason => reason.Length > 0), .. Remarks]);
    }

    // A credit note is named beside, or the payer's own figures say something else.
    private bool Contradicted(IReadOnlyList<OpenItem> items) => Line.Documents.Any(document => document.Kind == "CREN")
        || items.Any(item => Line.Documents.Any(document =>
            document.Remitted is { } said && said != item.Open && said != item.Open - item.DiscountOn(Line.ReceivedOn)
            && NumberIndex.Bare(document.Number) == NumberIndex.Bare(item.Number)));

    private void Unsettled(OpenItem item)
    {
        if (item.Open <= 0) Remarks.Add($"It names {item.Number}, on which nothing is owed.");
        else if (item.Currency != Line.Amount.Currency) Remarks.Add($"It names {item.Number}, which asks for {item.Currency}; the money is {Line.Amount.Currency}.");
        else if (item.Date > Line.On)
            Remarks.Add(string.Create(CultureInfo.InvariantCulture,
                $"It names {item.Number}, which is dated {item.Date:yyyy-MM-dd}, later than the money."));
    }

    private static string Names(IReadOnlyList<OpenItem> items) => $"It names {List(items)}.";

    private static string List(IReadOnlyList<OpenItem> items) => items.Count <= 5
        ? string.Join(", ", items.Select(item => item.Number))
        : string.Create(CultureInfo.InvariantCulture, $"{items[0].Number} and {items.Count - 1} more");
}
