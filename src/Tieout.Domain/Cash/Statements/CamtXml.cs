using System.Collections.Frozen;
using System.Text;
using System.Xml;

namespace Tieout.Domain.Cash.Statements;

/// <summary>A small part of a file: an element with its text, the currency attribute and what is in it.</summary>
internal sealed record CamtElement(string Name, string Text, string Currency, IReadOnlyList<CamtElement> Children)
{
    /// <summary>The first element at a path of local names; null for none.</summary>
    public CamtElement? Find(string path)
    {
        CamtElement? found = this;
        foreach (var name in path.Split('/')) found = found?.Children.FirstOrDefault(child => child.Name == name);
        return found;
    }

    /// <summary>The text there; empty for none.</summary>
    public string At(string path) => Find(path)?.Text ?? "";

    /// <summary>Children of this name.</summary>
    public IEnumerable<CamtElement> All(string name) => Children.Where(child => child.Name == name);
}

/// <summary>
/// Walks an ISO 20022 file forward, once. Only small parts are held: of an element at most so many elements, so deep, with so much text.
/// What nobody here reads (addresses, agents, line details) is passed over. No DTD is taken and nothing outside the file is asked for.
/// </summary>
internal sealed class CamtXml(XmlReader reader)
{
    /// <summary>Characters of a file; some hundred thousand entries with all details have fewer.</summary>
    public const long MostCharacters = 2_000_000_000;

    private const int MostElements = 5_000;
    private const int MostDepth = 20;
    private const int MostText = 4_000;

    private static readonly FrozenSet<string> PassedOver = new[]
    {
        "PstlAdr", "CtctDtls", "LineDtls", "SplmtryData", "TaxRmt", "GrnshmtRmt", "RltdAgts", "FinInstrmId", "Tax", "CorpActn", "CdtLine", "Avlbty",
            "CardTx",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly char[] _buffer = new char[512];
    private int _elements;

    /// <summary>How files are opened.</summary>
    public static XmlReaderSettings Settings => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MostCharacters,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = false,
    };

    /// <summary>Goes through the children of the element the reader stands on; each call has to take its element, whole. Ends behind its end.</summary>
    public void Children(Action<string> child)
    {
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return;
        }
        var depth = reader.Depth;
        reader.Read();
        while (reader.Depth > depth)
            if (reader.NodeType == XmlNodeType.Element) child(reader.LocalName);
            else reader.Read();
        reader.Read();
    }

    /// <summary>Passes over the element.</summary>
    public void Skip() => reader.Skip();

    /// <summary>Takes the element, whole.</summary>
    public CamtElement Element()
    {
        _elements = 0;
        return Take(0);
    }

    private CamtElement Take(int depth)
    {
        var (name, currency) = (reader.LocalName, reader.GetAttribute("Ccy") ?? "");
        if (++_elements > MostElements || depth > MostDepth) throw new InvalidDataException($"{Shown(name)} holds more than any statement has there.");
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return new CamtElement(name, "", currency, []);
        }
        List<CamtElement> children = [];
        var text = "";
        reader.Read();
        while (reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                if (PassedOver.Contains(reader.LocalName)) reader.Skip();
                else children.Add(Take(depth + 1));
                continue;
            }
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) text += Text(name, MostText - text.Length);
            reader.Read();
        }
        reader.Read();
        return new CamtElement(name, text.Trim(), currency, children);
    }

    private string Text(string name, int most)
    {
        var text = new StringBuilder();
        while (reader.ReadValueChunk(_buffer, 0, _buffer.Length) is var count and > 0)
        {
            text.Append(_buffer, 0, count);
            if (text.Length > most) throw new InvalidDataException($"{Shown(name)} has more than {MostText} characters.");
        }
        return text.ToString();
    }

    // Names of an unknown file are text of anybody.
    private static string Shown(string name) => name.Length < 20 && name.All(char.IsAsciiLetter) ? $"'{name}'" : "an element";
}
