using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tieout.Application.Settings;

/// <summary>
/// A value in a YAML file that knows where it stands, so that every complaint can name file, line and key. Values are read as
/// text and understood by whoever asks: <c>no</c> is the text "no", never false.
/// </summary>
internal sealed class SettingsNode
{
    private readonly string _file;
    private readonly string _path;
    private readonly YamlNode _node;

    private SettingsNode(string file, string path, YamlNode node) => (_file, _path, _node) = (file, path, node);

    public bool IsMap => _node is YamlMappingNode;

    public bool IsList => _node is YamlSequenceNode;

    /// <summary>The top of a file. Throws <see cref="SettingsException"/> when it is not there or is no YAML map.</summary>
    public static SettingsNode Load(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            return Parse(Path.GetFileName(path), reader);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The file '{path}' cannot be read: {trouble.Message}", trouble);
        }
    }

    /// <summary>The top of a text; <paramref name="file"/> is only named in messages.</summary>
    public static SettingsNode Parse(string file, TextReader text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(text);
        }
        catch (YamlException trouble)
        {
            throw new SettingsException(file, trouble.Start.Line, "", $"this is not YAML: {trouble.Message}");
        }
        if (stream.Documents.Count == 0) throw new SettingsException(file, 1, "", "the file is empty.");
        if (stream.Documents.Count > 1)
            throw new SettingsException(file, stream.Documents[1].RootNode.Start.Line, "", "one document only; remove the '---'.");
        var top = new SettingsNode(file, "", stream.Documents[0].RootNode);
        return top.IsMap ? top : throw top.Error("the file must begin with keys, such as 'customer:'.");
    }

    /// <summary>Refuses keys other than these.</summary>
    public SettingsNode Allow(params ReadOnlySpan<string> keys)
    {
        foreach (var (key, value) in Entries())
            if (!keys.Contains(key))
                throw value.Error($"unknown key. Allowed here: {string.Join(", ", keys!)}.");
        return this;
    }

    /// <summary>The value under a key, or null when the key is absent or empty.</summary>
    public SettingsNode? Find(string key)
    {
        foreach (var (name, value) in Entries())
            if (name == key) return value._node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or null } ? null : value;
        return null;
    }

    /// <summary>The value under a key that must be there.</summary>
    public SettingsNode Need(string key) => Find(key) ?? throw Error($"'{key}' is missing.");

    /// <summary>The keys and values of a map, in the order of the file.</summary>
    public IEnumerable<(string Key, SettingsNode Value)> Entries()
    {
        if (_node is not YamlMappingNode map) throw Error("keys are expected here, such as 'code: X'.");
        foreach (var (key, value) in map.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? throw Error("a key must be a plain word.");
            yield return (name, new SettingsNode(_file, _path.Length == 0 ? name : $"{_path}.{name}", value));
        }
    }

    /// <summary>The entries of a list.</summary>
    public IEnumerable<SettingsNode> Items()
    {
        if (_node is not YamlSequenceNode list) throw Error("a list is expected here, each entry beginning with '-'.");
        return list.Select((item, index) => new SettingsNode(_file, $"{_path}[{(index + 1).ToString(CultureInfo.InvariantCulture)}]", item));
    }

    /// <summary>A text, not empty.</summary>
    public string Text() =>
        _node is YamlScalarNode { Value.Length: > 0 } scalar ? scalar.Value : throw Error("a single value is expected here.");

    /// <summary>A text that may be empty, for words in a map.</summary>
    public string Word() => _node is YamlScalarNode scalar ? scalar.Value ?? "" : throw Error("a single value is expected here.");

    /// <summary>One of a few words.</summary>
    public string OneOf(params ReadOnlySpan<string> words)
    {
        var text = Text();
        return words.Contains(text) ? text : throw Error($"'{text}' is not one of {string.Join(", ", words!)}.");
    }

    /// <summary>A whole number within limits, both included.</summary>
    public int Integer(int least, int most) =>
        int.TryParse(Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Error(string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most} is expected here."));

    /// <summary>A day, as 2026-01-31.</summary>
    public DateOnly Date() =>
        DateOnly.TryParseExact(Text(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw Error("a day is expected here, such as 2026-01-31.");

    /// <summary>True or false.</summary>
    public bool Flag() => OneOf("true", "false") == "true";

    /// <summary>
    /// The same value as JSON, for readers that know JSON: true, false and nothing as such, all else as text (numbers too, so
    /// that none loses a digit).
    /// </summary>
    public JsonNode? ToJson() => _node switch
    {
        YamlMappingNode => new JsonObject(Entries().Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToJson()))),
        YamlSequenceNode => new JsonArray([.. Items().Select(item => item.ToJson())]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or null } => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => flag.Value == "true",
        YamlScalarNode scalar => scalar.Value,
        _ => throw Error("this kind of value is not understood."),
    };

    /// <summary>
    /// The place a JSON path (<c>prices[0].model</c>) means, or the deepest one on the way that is there: what is missing has
    /// no line of its own.
    /// </summary>
    public SettingsNode At(string path)
    {
        var place = this;
        foreach (var part in path.Split(['.', '['], StringSplitOptions.RemoveEmptyEntries))
        {
            var next = part.EndsWith(']') && place.IsList && int.TryParse(part[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? place.Items().ElementAtOrDefault(index)
                : place.IsMap ? place.Entries().FirstOrDefault(entry => entry.Key == part).Value : null;
            if (next is null) break;
            place = next;
        }
        return place;
    }

    /// <summary>A complaint about this place.</summary>
    public SettingsException Error(string problem) => new(_file, _node.Start.Line, _path, problem);
}
