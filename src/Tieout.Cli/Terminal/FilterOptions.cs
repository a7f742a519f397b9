using System.CommandLine;
using Tieout.Application.Views;

namespace Tieout.Cli.Terminal;

/// <summary>The filter of exceptions as options, by the names it has everywhere.</summary>
internal sealed class FilterOptions
{
    private readonly Dictionary<string, Option<string?>> _options = ExceptionFilter.Names.ToDictionary(
        name => name, name => new Option<string?>("--" + name) { Description = About(name) }, StringComparer.Ordinal);

    public Command On(Command command)
    {
        foreach (var option in _options.Values) command.Add(option);
        return command;
    }

    /// <summary>The filter of a call.</summary>
    /// <exception cref="UsageException">It cannot be read; the message names each option that is wrong.</exception>
    public ExceptionFilter Read(ParseResult parsed)
    {
        List<string> wrong = [];
        var filter = ExceptionFilter.Read(name => parsed.GetValue(_options[name]), (name, text) => wrong.Add($"--{name}: {text}"));
        return wrong.Count == 0 ? filter : throw new UsageException(string.Join('\n', wrong));
    }

    private static string About(string name) => name switch
    {
        "state" => "open (unless given), resolved or all.",
        "category" => "technical, business or data.",
        "code" => "The cause's code.",
        "queue" => "finance-operations, controller or integration-engineer.",
        "owner" => "Who sees to it; none for what nobody does.",
        "group" => "A group's fingerprint.",
        "kind" => "What it is about: posting, billing, break, target, rate or webhook.",
        "entity" => "Code of the legal entity.",
        "age" => "0-1, 2-7, 8-30 or >30 days.",
        "due" => "overdue, or none for what has no due date.",
        "text" => "Part of the subject's key, the cause or the ERP's words.",
        _ => "These alone, with commas between them.",
    };
}
