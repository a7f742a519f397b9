using Tieout.Application.Catalog;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Journals;

/// <summary>Reads what a person says a line is sorted by.</summary>
internal static class GivenDimensions
{
    /// <summary>The member <c>dimensions</c>, an object of words and codes; none where it is absent, or beside the problems.</summary>
    public static LineDimensions Read(JsonFields json)
    {
        if (json.Find("dimensions") is not { } given) return LineDimensions.None;
        if (!given.IsObject)
        {
            given.Add("object-expected", "An object is expected here.", "Write such as {\"cost-center\": \"4100\"}.");
            return LineDimensions.None;
        }
        List<KeyValuePair<string, string>> codes = [];
        var readable = true;
        foreach (var (word, value) in given.Members())
            // What is wrong with a text is told below, as at every other door that takes dimensions.
            if (value.RawText is { } code) codes.Add(new(word, code.Trim()));
            else readable = value.AsText() is { };
        var problems = LineDimensions.Judge(codes);
        foreach (var problem in problems) given.AddAt(problem.Field, problem.Code, problem.Reason, problem.Remedy);
        return readable && problems.Count == 0 ? new LineDimensions(codes) : LineDimensions.None;
    }
}
