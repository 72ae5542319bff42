using System.Reflection;
using System.Text.Json;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace InferenceApi.Endpoints.OpenApi;

/// <summary>
/// What an answer always has is required, so that generated clients need not ask; what may be null is left out of the answer and is
/// optional, never null.
/// </summary>
internal sealed class RequiredMembers : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties: { Count: > 0 } members } described) return;
        var nullability = new NullabilityInfoContext();
        foreach (PropertyInfo property in context.Type.GetProperties())
        {
            string name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (!members.TryGetValue(name, out IOpenApiSchema? member)) continue;
            bool always = nullability.Create(property).ReadState != NullabilityState.Nullable;
            if (always) (described.Required ??= new HashSet<string>()).Add(name);
            else if (member is OpenApiSchema optional) optional.Type &= ~JsonSchemaType.Null;
        }
    }
}
