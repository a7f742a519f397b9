using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Tieout.Application.Views;

namespace Tieout.Api.Endpoints;

/// <summary>The filter of exceptions in an address; the same names as in a document's <c>filter</c>.</summary>
internal sealed record ExceptionQuery
{
    [FromQuery(Name = "state"), Description("open (the default), resolved or all")]
    public string? State { get; init; }

    [FromQuery(Name = "category"), Description("technical, business or data")]
    public string? Category { get; init; }

    [FromQuery(Name = "code"), Description("The cause's code")]
    public string? Code { get; init; }

    [FromQuery(Name = "queue"), Description("The role that can fix it: finance-operations, controller or integration-engineer")]
    public string? Queue { get; init; }

    [FromQuery(Name = "owner"), Description("Who sees to it; none for what nobody does")]
    public string? Owner { get; init; }

    [FromQuery(Name = "group"), Description("The fingerprint of a group")]
    public string? Group { get; init; }

    [FromQuery(Name = "kind"), Description("What it is about: posting, billing, break, target, rate or webhook")]
    public string? Kind { get; init; }

    [FromQuery(Name = "entity"), Description("Code of the legal entity")]
    public string? Entity { get; init; }

    [FromQuery(Name = "age"), Description("0-1, 2-7, 8-30 or >30 days")]
    public string? Age { get; init; }

    [FromQuery(Name = "due"), Description("overdue, or none for what has no due date")]
    public string? Due { get; init; }

    [FromQuery(Name = "text"), Description("Part of the subject's key, the cause or the ERP's words")]
    public string? Text { get; init; }

    [FromQuery(Name = "ids"), Description("These alone, with commas between them")]
    public string? Ids { get; init; }

    /// <summary>The filter; what cannot be read is remembered in <paramref name="asked"/>.</summary>
    public ExceptionFilter Read(Asked asked) => ExceptionFilter.Read(
        name => name switch
        {
            "state" => State,
            "category" => Category,
            "code" => Code,
            "queue" => Queue,
            "owner" => Owner,
            "group" => Group,
            "kind" => Kind,
            "entity" => Entity,
            "age" => Age,
            "due" => Due,
            "text" => Text,
            "ids" => Ids,
            _ => null,
        }, asked.Wrong);
}
