using System.Collections.Frozen;
using Tieout.Domain.Customers;
using Tieout.Domain.Usage;

namespace Tieout.Domain.Intake;

/// <summary>Turns one row of a file into what it brings, or says why it is refused.</summary>
/// <param name="mapping">What the columns mean.</param>
/// <param name="columns">Where each column of the header stands.</param>
/// <param name="books">What a row may refer to.</param>
public sealed class RowRules(ImportMapping mapping, FrozenDictionary<string, int> columns, KnownBooks books)
{
    /// <summary>The longest term of payment, in days.</summary>
    public const int LongestTerm = 365;

    /// <summary>
    /// Reads a row. Exactly one of the two is null. The first thing wrong is the one told, in the order customer, account,
    /// subscription, components, checks. Looks at the row alone: doubles and what is stored already are <see cref="RowDecision"/>'s.
    /// </summary>
    public (IncomingRow? Row, Refusal? Refusal) Read(IReadOnlyList<string> cells)
    {
        if (cells.Count != columns.Count)
            return (null, new Refusal(RefusalCode.Ragged, "",
                $"The row has {cells.Count} columns, the header {columns.Count}.",
                "A cell that holds the delimiter itself stands in quotes; no column may be left out at the end."));

        var row = new RowCells(mapping.Format, columns, cells);
        var customer = Customer(row);
        var entity = LegalEntity(row);
        var account = Account(row, entity);
        var subscription = Subscription(row, account);
        foreach (var check in mapping.Checks) Check(row, check);
        return row.Refusal is { } refusal ? (null, refusal) : (new IncomingRow(customer, account, subscription), null);
    }

    /// <summary>
    /// The row's own code for messages and evidence, as far as it can be shown: empty when it is itself what is wrong.
    /// </summary>
    public string KeyOf(IReadOnlyList<string> cells)
    {
        if (cells.Count != columns.Count) return "";
        var value = mapping.Subscription?.Code ?? mapping.Account?.Code ?? mapping.Customer.Code;
        return new RowCells(mapping.Format, columns, cells).Optional("key", value);
    }

    private IncomingCustomer Customer(RowCells row) => new(
        row.Text("the customer's code", mapping.Customer.Code),
        row.Text("the customer's name", mapping.Customer.Name),
        row.Country("the customer's country", mapping.Customer.Country))
    {
        Details = mapping.Customer.Details is { } details ? Details(row, details) : null,
        Level = mapping.Customer.Level is { } level ? row.Optional("the customer's level", level) : null,
        Tax = mapping.Customer.Tax is { } tax ? TaxRow.Read(row, tax, mapping.Customer.Country) : null,
    };

    private static PartyDetails Details(RowCells row, DetailsMapping mapped)
    {
        var scheme = row.Judged("the electronic scheme", mapped.ElectronicScheme, PartyRules.OfElectronicScheme);
        var address = row.Judged("the electronic address", mapped.ElectronicAddress, text => PartyRules.OfElectronicAddress(text, scheme));
        if (address.Length == 0 != (scheme.Length == 0))
            row.Refuse(scheme.Length == 0 ? mapped.ElectronicScheme : mapped.ElectronicAddress, RefusalCode.BadElectronicAddress,
                "the electronic address and its scheme come together", "Give both, such as DE136695976 and 9930, or neither.", "the electronic address");
        return new PartyDetails(
            row.Optional("the street", mapped.Street), row.Optional("the town", mapped.City), row.Optional("the postcode", mapped.Postcode),
            row.Optional("the region", mapped.Region), row.Judged("the VAT number", mapped.VatNumber, PartyRules.OfVatNumber),
            row.Optional("the registration", mapped.Registration), row.Judged("the email", mapped.Email, PartyRules.OfEmail), address, scheme);
    }

    private KnownLegalEntity? LegalEntity(RowCells row)
    {
        if (mapping.Account is not { } account) return null;
        var code = row.Text("the legal entity", account.LegalEntity);
        row.LegalEntity = code;
        return row.Known("the legal entity", account.LegalEntity, code, books.LegalEntities, RefusalCode.UnknownLegalEntity);
    }

    private IncomingAccount? Account(RowCells row, KnownLegalEntity? entity)
    {
        if (mapping.Account is not { } account) return null;
        var code = row.Text("the account's code", account.Code);
        var currency = account.Currency is { } value ? Currency(row, value) : entity?.Currency;
        var taxCode = row.Text("the tax code", account.TaxCode);
        if (!books.TaxCodes.Contains(taxCode))
            row.Refuse(account.TaxCode, RefusalCode.UnknownTaxCode, $"the tax code {RowCells.Shown(taxCode)} has no rate",
                "Correct the cell or the mapping, or declare a rate in the books file.", "the tax code");
        var term = row.Integer("the term of payment in days", account.TermDays, LongestTerm);
        var order = account.PurchaseOrder is { } orderFrom ? row.Optional("the purchase order", orderFrom) : null;
        var note = account.InvoiceNote is { } noteFrom ? row.Optional("the note", noteFrom) : null;
        var zone = account.TimeZone is { } zoneFrom ? TimeZone(row, zoneFrom) : null;
        var (percent, days) = Discount(row, account, term);
        return row.Refusal is not null ? null : new IncomingAccount(code, entity!.Id, currency!, taxCode, term)
        {
            PurchaseOrder = order,
            InvoiceNote = note,
            TimeZone = zone,
            DiscountPercent = percent,
            DiscountDays = days,
        };
    }

    // Null where the mapping says nothing of it; zero where the row's cells are empty.
    private static (decimal? Percent, int Days) Discount(RowCells row, AccountMapping account, int term)
    {
        if (account.DiscountPercent is not { } percentFrom || account.DiscountDays is not { } daysFrom) return (null, 0);
        var percent = row.NumberOrNone("the discount for paying early", percentFrom) ?? 0m;
        var number = row.NumberOrNone("the days of the discount", daysFrom) ?? 0m;
        if (number != decimal.Truncate(number) || number is < 0 or > LongestTerm)
            row.Refuse(
                daysFrom, RefusalCode.BadNumber, "the days of the discount are no number of days", "Write a whole number, such as 10.", "the days of the discount");
        var days = row.Refusal is null ? (int)number : 0;
        if (DiscountTerms.PercentProblem(percent, days) is { } bad)
            row.Refuse(percentFrom, RefusalCode.BadNumber, $"the discount for paying early {Said(bad)}", "Give both, such as 2 and 10, or neither.",
                "the discount for paying early");
        else if (DiscountTerms.DaysProblem(percent, days, term) is { } late)
            row.Refuse(daysFrom, RefusalCode.BadNumber, $"the days of the discount {Said(late)}", "Give both, such as 2 and 10, or neither.",
                "the days of the discount");
        return (percent, days);

        static string Said(string problem) => char.ToLowerInvariant(problem[0]) + problem[1..].TrimEnd('.');
    }

    private static string TimeZone(RowCells row, Value value)
    {
        var zone = row.Text("the time zone", value);
        if (!LocalDays.TryZone(zone, out _))
            row.Refuse(value, RefusalCode.UnknownTimeZone, $"the time zone {RowCells.Shown(zone)} is not in the tz database",
                "Write a name such as Europe/Vienna or America/New_York, or UTC.", "the time zone");
        return zone;
    }

    private static Currency? Currency(RowCells row, Value value)
    {
        var code = row.Text("the currency", value);
        if (!Domain.Currency.TryOf(code, out var currency))
            row.Refuse(value, RefusalCode.UnknownCurrency, $"the currency {RowCells.Shown(code)} is not one of ISO 4217",
                "Write three capital letters, such as USD.", "the currency");
        return currency;
    }

    private IncomingSubscription? Subscription(RowCells row, IncomingAccount? account)
    {
        if (mapping.Subscription is not { } subscription) return null;
        var code = row.Text("the subscription's code", subscription.Code);
        var planCode = row.Text("the plan", subscription.Plan);
        var plan = row.Known("the plan", subscription.Plan, planCode, books.Plans, RefusalCode.UnknownPlan);
        var start = row.Date("the start", subscription.Start, required: true);
        var end = row.Date("the end", subscription.End, required: false);
        if (end <= start)
            row.Refuse(subscription.End, RefusalCode.EndBeforeStart, "the end is not after the start",
                "The end is the first day it is no longer in force: give a later day, or leave it empty while open.", "the end");
        if (row.Refusal is not null) return null;

        List<IncomingComponent> components = new(mapping.Components.Count);
        foreach (var component in mapping.Components)
            if (component.When is not { } when || when.Holds(row.Cell(when.Column)))
                components.Add(Component(row, component, plan!, start!.Value, account!.Currency));
        if (components.Count == 0)
            row.Refuse(null, RefusalCode.NoComponent, "none of the mapping's components applies to the row",
                "Add a component without 'when' to the mapping, or correct the cells its conditions look at.", "components");
        if (row.Refusal is not null) return null;
        return new IncomingSubscription(code, plan!.Id, start!.Value, end, components) { TrialEnd = TrialEnd(subscription, plan, start.Value, end) };
    }

    // What ends within its trial was on trial to its end.
    private static DateOnly? TrialEnd(SubscriptionMapping mapped, KnownPlan plan, DateOnly start, DateOnly? end)
    {
        if (!mapped.PlanTrial || plan.TrialDaysOn(start) is not (> 0 and var days)) return null;
        var trial = start.AddDays(days);
        return end < trial ? end : trial;
    }

    private static IncomingComponent Component(RowCells row, ComponentMapping component, KnownPlan plan, DateOnly start, Currency currency)
    {
        if (!plan.PricesOn(start).TryGetValue((component.Component, currency.Code), out var price))
            row.Refuse(null, RefusalCode.NoPrice, $"plan '{plan.Code}' has no price of component '{component.Component}' in {currency}",
                "Declare the price in the books file, or correct the plan or the account's currency.", "the plan");
        var agreed = row.NumberOrNone($"the agreed price of component '{component.Component}'", component.AgreedPrice);
        var quantity = row.Number($"the quantity of component '{component.Component}'", component.Quantity);
        return new IncomingComponent(component.Component, price, quantity, agreed);
    }

    private static void Check(RowCells row, CheckedColumn check)
    {
        var value = new Value.Column(check.Column);
        var what = $"column '{check.Column}'";
        if (check.Required && row.Optional(what, value).Length == 0)
            row.Refuse(value, RefusalCode.Missing, $"{what} is empty",
                "Fill the cell, or say 'required: false' for the column in the mapping.", what);
        _ = check.Type switch
        {
            CheckedType.Decimal => row.NumberOrNone(what, value),
            CheckedType.Integer => row.NumberOrNone(what, value) is { } number && !decimal.IsInteger(number) ? NotWhole(row, what, value) : null,
            CheckedType.Date => row.Date(what, value, required: false)?.DayNumber,
            _ => row.Optional(what, value).Length,
        };
    }

    private static decimal? NotWhole(RowCells row, string what, Value value)
    {
        row.Refuse(value, RefusalCode.BadNumber, $"{what} is not a whole number", "Write digits only.", what);
        return null;
    }
}
