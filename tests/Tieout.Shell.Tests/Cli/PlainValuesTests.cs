using System.CommandLine;
using Tieout.Cli.Verbs;

namespace Tieout.Shell.Tests.Cli;

/// <summary>Whatever verb is given nonsense where it wants an id, a day, a month or a number says so in words.</summary>
public sealed class PlainValuesTests
{
    private const string Nonsense = "a/b";

    public static TheoryData<string> TypedValues() => [.. Values(AllVerbs.Create(), "").Select(value => value.Words).Order(StringComparer.Ordinal)];

    [Fact]
    public void Verbs_have_values_of_every_kind() => Values(AllVerbs.Create(), "").Select(value => value.Type.Name).Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal).ShouldBe(["AccountingMonth", "BillingRequest", "DateOnly", "DateTimeOffset", "Decimal", "Guid", "Int32", "Int64", "LineCredit[]", "MappingSubject"]);

    [Theory]
    [MemberData(nameof(TypedValues))]
    public void No_verb_answers_with_the_name_of_a_type(string words)
    {
        var root = AllVerbs.Create();
        var (_, _, call, argument) = Values(root, "").Single(value => value.Words == words);
        // What stands before it gets something, too.
        string[] args = argument is null ? [.. call, $"--{words.Split(" --")[1]}={Nonsense}"] : [.. call, .. Enumerable.Repeat(Nonsense, argument.Value + 1)];
        var errors = root.Parse(args).Errors.Select(error => error.Message).ToList();
        errors.ShouldContain(error => error.Contains($"'{Nonsense}'"), string.Join('\n', errors));
        errors.ShouldAllBe(error => !error.Contains("System.") && !error.Contains("Tieout.") && !error.Contains("expected type"));
    }

    [Theory]
    [InlineData("exception carry-out abc", "<plan>: 'abc' is not an id; it looks like 0198c2a4-7d1e-7c3a-9b52-3f6f0c8a1d20.")]
    [InlineData("exception show abc", "<id>: 'abc' is not an id; it looks like 0198c2a4-7d1e-7c3a-9b52-3f6f0c8a1d20. The exception's id, as tieout exception list shows it.")]
    [InlineData("simulate --runs=many", "--runs: 'many' is not a whole number; write digits only, such as 20.")]
    [InlineData("bill 2026-13", "2026-13")]
    public void It_says_what_is_expected_and_where_to_find_it(string call, string words) =>
        AllVerbs.Create().Parse(call).Errors.ShouldContain(error => error.Message.StartsWith(words, StringComparison.Ordinal) || error.Message.Contains(words));

    [Theory]
    [InlineData("exception show 0198c2a4-7d1e-7c3a-9b52-3f6f0c8a1d20")]
    [InlineData("simulate --runs 20 --seed=-1")]
    [InlineData("post --patience 0")]
    public void What_can_be_read_is_read(string call) => AllVerbs.Create().Parse(call).Errors.ShouldBeEmpty();

    // Files are looked for when they are read; words are words, true is true.
    private static IEnumerable<(string Words, Type Type, string[] Call, int? Argument)> Values(Command command, string path)
    {
        foreach (var (index, argument) in command.Arguments.Index())
            if (Typed(argument.ValueType) is { } type) yield return ($"{path} <{argument.Name}>".Trim(), type, Split(path), index);
        foreach (var option in command.Options)
            if (Typed(option.ValueType) is { } type) yield return ($"{path} {option.Name}".Trim(), type, Split(path), null);
        foreach (var below in command.Subcommands)
            foreach (var value in Values(below, $"{path} {below.Name}".Trim())) yield return value;
    }

    private static string[] Split(string path) => path.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Type? Typed(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) || plain == typeof(bool) || plain == typeof(FileInfo) || plain == typeof(string[]) || plain == typeof(void) ? null : plain;
    }
}
