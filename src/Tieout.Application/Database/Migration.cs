using System.Security.Cryptography;
using System.Text;

namespace Tieout.Application.Database;

/// <summary>One step forward of the database's schema. Once shipped it is never edited; a correction is a new step.</summary>
/// <param name="Number">1, 2, 3 ... without gaps.</param>
/// <param name="Name">The file's name without its ending, such as <c>0001_ledger</c>.</param>
/// <param name="Sql">The statements of the step; they must be allowed inside a transaction.</param>
/// <param name="Check">Statements run after the step, in its transaction, which raise when its promise is not kept.</param>
public sealed record Migration(int Number, string Name, string Sql, string? Check = null)
{
    /// <summary>Fingerprint of the step's text, equal whatever line endings the checkout uses.</summary>
    public string Sha256 { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
}
