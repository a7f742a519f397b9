using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Application.Settings;
using Tieout.Domain;

namespace Tieout.Application.Mapping;

/// <summary>A YAML file with one version: <c>kind</c>, <c>target</c> and <c>map</c> say whose, the rest is the document the API takes.</summary>
public static class MappingFile
{
    /// <summary>Whose version it is, and its document with the actor in it.</summary>
    /// <exception cref="SettingsException">The file cannot be read, or does not say whose version it is; names file, line and key.</exception>
    public static (MappingSubject Subject, JsonElement Document) Read(string path, string actor)
    {
        var top = SettingsNode.Load(path);
        var kind = Words.Parse<MappingKind>(top.Need("kind").OneOf([.. Enum.GetValues<MappingKind>().Select(Words.Of)]));
        var target = kind == MappingKind.Routes ? Nothing(top, "target") : Name(top.Need("target"));
        var name = kind == MappingKind.ValueMap ? Name(top.Need("map")) : Nothing(top, "map");
        var document = top.ToJson()!.AsObject();
        foreach (var key in new[] { "kind", "target", "map" }) document.Remove(key);
        document["actor"] = actor;
        return (new MappingSubject(kind, target, name), Element(document));
    }

    private static string Name(SettingsNode node) =>
        MappingSubject.IsName(node.Text()) ? node.Text() : throw node.Error("small letters, digits and dashes only, at most 40.");

    private static string Nothing(SettingsNode top, string key) => top.Find(key) is { } node ? throw node.Error("this kind of version has none.") : "";

    private static JsonElement Element(JsonObject document)
    {
        using var parsed = JsonDocument.Parse(document.ToJsonString());
        return parsed.RootElement.Clone();
    }
}
