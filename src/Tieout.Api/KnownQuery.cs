using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Tieout.Api;

/// <summary>
/// What is asked by a name that the door does not know is refused: a filter that is misspelt and passed over answers with more than was asked
/// for, and looks right. Only of questions; those who tell us something by vendors' ways may add names of their own to an address.
/// </summary>
internal sealed class KnownQuery(IApiDescriptionGroupCollectionProvider descriptions)
{
    private readonly Lazy<FrozenDictionary<MethodInfo, string[]>> _names = new(() => Names(descriptions));

    public async Task Check(HttpContext http, RequestDelegate next)
    {
        if (Refusal(http) is { } refusal) await refusal.ExecuteAsync(http);
        else await next(http);
    }

    private ProblemHttpResult? Refusal(HttpContext http)
    {
        var (request, ignore) = (http.Request, StringComparison.OrdinalIgnoreCase);
        if (request.Query.Count == 0 || !HttpMethods.IsGet(request.Method) || !request.Path.StartsWithSegments("/v1", ignore)) return null;
        if (http.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>() is not { } handler || !_names.Value.TryGetValue(handler, out var names)) return null;
        var unknown = request.Query.Keys.Where(asked => !names.Contains(asked, StringComparer.OrdinalIgnoreCase)).ToList();
        if (unknown.Count == 0) return null;
        var remedy = names.Length == 0 ? "Leave it out: nothing can be asked for here." : $"It knows {string.Join(", ", names)}.";
        return Problems.BadFields(
            "unknown-filter", "This cannot be asked for.",
            unknown.ToDictionary(name => name, name => new[] { $"There is no '{name}' here. {remedy}" }, StringComparer.Ordinal));
    }

    private static FrozenDictionary<MethodInfo, string[]> Names(IApiDescriptionGroupCollectionProvider descriptions) => descriptions.ApiDescriptionGroups.Items
        .SelectMany(group => group.Items)
        .SelectMany(door => door.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().Select(handler => (handler, door)))
        .GroupBy(pair => pair.handler)
        .ToFrozenDictionary(
            pairs => pairs.Key,
            pairs => pairs.SelectMany(pair => pair.door.ParameterDescriptions).Where(parameter => parameter.Source == BindingSource.Query)
                .Select(parameter => parameter.Name).Distinct(StringComparer.Ordinal).ToArray());
}
