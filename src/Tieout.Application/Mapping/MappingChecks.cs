using Dapper;
using Npgsql;
using Tieout.Domain.Catalog;
using Tieout.Domain.Ledger;
using Tieout.Domain.Mapping;

namespace Tieout.Application.Mapping;

/// <summary>What has to hold before a version is published: no two rules contradict each other, and what they name exists.</summary>
internal static class MappingChecks
{
    private const int MostTold = 20;

    /// <summary>All that is wrong, as far as there is room to tell; empty when it may be published.</summary>
    public static async Task<IReadOnlyList<PriceProblem>> Problems(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, MappingSubject subject, MappingContent content)
    {
        List<PriceProblem> problems = [.. Ambiguous(content).Take(MostTold)];
        var whens = content switch
        {
            MappingContent.Routes routes => [.. routes.Rules.Select(rule => (rule.Name, rule.When))],
            MappingContent.AccountRules rules => rules.Rules.Select(rule => (rule.Name, rule.When)).ToList(),
            _ => [],
        };
        problems.AddRange(await Unknown(connection, transaction, whens, MappingField.LegalEntity, "select code from customers.legal_entity"));
        problems.AddRange(await Unknown(connection, transaction, whens, MappingField.Plan, "select code from catalog.plan"));
        problems.AddRange(await Unknown(connection, transaction, whens, MappingField.BankAccount, "select code from cash.bank_account"));
        problems.AddRange(await Unknown(
            connection, transaction, whens, MappingField.LedgerAccount, "select account from ledger.own_account", LedgerAccount.IsOwn));
        if (content is MappingContent.AccountRules accounts) problems.AddRange(await MapsMissing(connection, transaction, subject.Target, accounts));
        return [.. problems.Take(MostTold)];
    }

    /// <summary>What may be meant, and often is not: a target that no targets file named so far.</summary>
    public static async Task<IReadOnlyList<string>> Warnings(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, MappingSubject subject, MappingContent content)
    {
        IEnumerable<string> named = content is MappingContent.Routes routes ? routes.Rules.Select(rule => rule.Target) : [subject.Target];
        var known = (await connection.QueryAsync<string>("select target from mapping.configured", transaction: transaction)).ToHashSet(StringComparer.Ordinal);
        return [.. named.Where(target => target.Length > 0 && !known.Contains(target)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(target => $"No targets file that was used so far names the target '{target}'. What goes there waits until one does.")];
    }

    private static IEnumerable<PriceProblem> Ambiguous(MappingContent content) => (content switch
    {
        MappingContent.Routes routes => Ambiguity.Between(routes.Rules),
        MappingContent.AccountRules rules => Ambiguity.Between(rules.Rules),
        _ => [],
    }).Select(two => new PriceProblem(
        FormattableString.Invariant($"rules[{two.OtherPlace}]"), "rules-ambiguous", two.Reason,
        $"Give '{two.One}' or '{two.Other}' a condition that the other has not, keep their values or dates apart, or let both choose the same."));

    private static async Task<IEnumerable<PriceProblem>> Unknown(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<(string Name, Conditions When)> whens, MappingField field, string known,
        Func<string, bool>? ofTheBooks = null)
    {
        var asked = whens.Index().Where(pair => pair.Item.When.AnyOf.ContainsKey(field)).ToList();
        if (asked.Count == 0) return [];
        var codes = (await connection.QueryAsync<string>(known, transaction: transaction)).ToHashSet(StringComparer.Ordinal);
        var word = Domain.Words.Of(field);
        bool Strange(string code) => !codes.Contains(code) && ofTheBooks?.Invoke(code) != false;
        return asked.SelectMany(pair => pair.Item.When.AnyOf[field].Where(Strange).Select(code => new PriceProblem(
            FormattableString.Invariant($"rules[{pair.Index}].when.{word}"), $"unknown-{word}",
            $"Rule '{pair.Item.Name}' names '{code}', and the books have no such {word}.", "Correct the code, or set it up first.")));
    }

    private static async Task<IEnumerable<PriceProblem>> MapsMissing(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string target, MappingContent.AccountRules content)
    {
        var published = (await connection.QueryAsync<string>(
            "select distinct name from mapping.version where kind = 'value-map' and target = @target and state = 'published'",
            new { target }, transaction)).ToHashSet(StringComparer.Ordinal);
        return content.Rules.Index().SelectMany(pair => pair.Item.Choices
            .Where(choice => choice.Value is RuleValue.FromField { Map.Length: > 0 } from && !published.Contains(from.Map))
            .Select(choice => new PriceProblem(
                FormattableString.Invariant($"rules[{pair.Index}].{(choice.Key is "account" or "tax-code" ? "" : "dimensions.")}{choice.Key}.map"), "unknown-map",
                $"Rule '{pair.Item.Name}' takes '{choice.Key}' through value map '{((RuleValue.FromField)choice.Value).Map}', "
                    + $"of which {target} has no published version.",
                "Publish the value map first.")));
    }
}
