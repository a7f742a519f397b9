using System.Text.Json;

namespace Tieout.Sandbox.Dynamics;

/// <summary>An error as Dynamics tells it: no code, and the useful text inside.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Text">For a person, as the infolog has it.</param>
internal sealed record DynamicsProblem(int Status, string Text)
{
    /// <summary>A row that the platform refuses.</summary>
    public static DynamicsProblem Write(string entity, string infolog) => new(400, $"Write failed for table row of type '{entity}'. Infolog: {infolog}");

    /// <summary>A value that leads nowhere.</summary>
    /// <param name="entity">Name of the entity's type.</param>
    /// <param name="value">As sent.</param>
    /// <param name="label">What a person calls the field.</param>
    /// <param name="table">What a person calls the table it points to.</param>
    /// <param name="field">The property.</param>
    public static DynamicsProblem NotFound(string entity, string value, string label, string table, string field) => Write(
        entity,
        $"Warning: The value '{value}' in field '{label}' is not found in the related table '{table}'.; Warning: validateField failed on field '{entity}.{field}'.");

    /// <summary>The answer's body.</summary>
    public byte[] Body() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        error = new
        {
            code = "",
            message = "An error has occurred.",
            innererror = new
            {
                message = Text,
                type = Status == 500 ? "System.Exception" : "Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException",
                stacktrace = "   at Sandbox",
            },
        },
    });
}
