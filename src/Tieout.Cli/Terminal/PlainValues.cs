using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Tieout.Cli.Terminal;

/// <summary>
/// Ids, days and numbers on the command line are read here, in one place: what cannot be read is told in words, with an example and where
/// to find one, instead of the name of a .NET type.
/// </summary>
internal static class PlainValues
{
    private const string Id = "an id; it looks like 0198c2a4-7d1e-7c3a-9b52-3f6f0c8a1d20.";
    private const string Day = "a day; write year, month and day, such as 2026-11-30.";
    private const string Number = "a whole number; write digits only, such as 20.";
    private const string LargeNumber = "a whole number; write digits only, such as 4210.";

    /// <summary>Gives every value below the command that has no reading of its own, the plain one of its type.</summary>
    public static void In(Command command)
    {
        foreach (var argument in command.Arguments) In(argument);
        foreach (var option in command.Options) In(option);
        foreach (var below in command.Subcommands) In(below);
    }

    private static void In(Argument argument)
    {
        switch (argument)
        {
            case Argument<Guid> { CustomParser: null } id: id.CustomParser = Reading(ReadId, Id, id, id.Validators); break;
            case Argument<DateOnly> { CustomParser: null } day: day.CustomParser = Reading(ReadDay, Day, day, day.Validators); break;
            case Argument<int> { CustomParser: null } number: number.CustomParser = Reading(ReadNumber, Number, number, number.Validators); break;
        }
    }

    private static void In(Option option)
    {
        switch (option)
        {
            case Option<Guid> { CustomParser: null } id: id.CustomParser = Reading(ReadId, Id, id, id.Validators); break;
            case Option<Guid?> { CustomParser: null } id: id.CustomParser = Maybe(ReadId, Id, id, id.Validators); break;
            case Option<DateOnly> { CustomParser: null } day: day.CustomParser = Reading(ReadDay, Day, day, day.Validators); break;
            case Option<DateOnly?> { CustomParser: null } day: day.CustomParser = Maybe(ReadDay, Day, day, day.Validators); break;
            case Option<int> { CustomParser: null } number: number.CustomParser = Reading(ReadNumber, Number, number, number.Validators); break;
            case Option<int?> { CustomParser: null } number: number.CustomParser = Maybe(ReadNumber, Number, number, number.Validators); break;
            case Option<long> { CustomParser: null } number: number.CustomParser = Reading(ReadLargeNumber, LargeNumber, number, number.Validators); break;
            case Option<long?> { CustomParser: null } number: number.CustomParser = Maybe(ReadLargeNumber, LargeNumber, number, number.Validators); break;
        }
    }

    private static Func<ArgumentResult, T> Reading<T, TResult>(Func<string, T?> read, string expected, Symbol symbol, List<Action<TResult>> validators)
        where T : struct
        where TResult : SymbolResult
    {
        var maybe = Maybe(read, expected, symbol, validators);
        return result => maybe(result) ?? default;
    }

    // The description says where such a value is found.
    private static Func<ArgumentResult, T?> Maybe<T, TResult>(Func<string, T?> read, string expected, Symbol symbol, List<Action<TResult>> validators)
        where T : struct
        where TResult : SymbolResult
    {
        // What asks for the value would throw where there is none.
        for (var i = 0; i < validators.Count; i++)
        {
            var asked = validators[i];
            validators[i] = result =>
            {
                if (result.Tokens.Count == 0 || read(result.Tokens[^1].Value.Trim()) is not null) asked(result);
            };
        }
        return result =>
        {
            var text = result.Tokens[^1].Value;
            var value = read(text.Trim());
            if (value is null) result.AddError($"{Named(symbol)}: '{text}' is not {expected} {symbol.Description}".TrimEnd());
            return value;
        };
    }

    private static string Named(Symbol symbol) => symbol is Option ? symbol.Name : $"<{symbol.Name}>";

    private static Guid? ReadId(string text) => Guid.TryParse(text, out var id) ? id : null;

    private static DateOnly? ReadDay(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static int? ReadNumber(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long? ReadLargeNumber(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
