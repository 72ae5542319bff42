using System.Text.Json;
using System.Text.RegularExpressions;
using InferenceApi.Tests.Endpoints;

namespace InferenceApi.Tests.Docs;

/// <summary>Every address a page names is one of the OpenAPI document, or answers.</summary>
public sealed partial class DocumentedRoutesTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    public static TheoryData<string> PageNames => [.. Pages.All];

    [Theory]
    [MemberData(nameof(PageNames))]
    public async Task Page_EveryRoute_Exists(string page)
    {
        using HttpClient client = api.CreateClient();
        using JsonDocument document = JsonDocument.Parse(await client.GetStringAsync("/swagger/v1/swagger.json"));
        Regex[] described = [.. document.RootElement.GetProperty("paths").EnumerateObject().Select(path => Template(path.Name))];

        foreach (string route in RoutesOf(Pages.Read(page)))
        {
            bool known = !route.StartsWith("/errors/", StringComparison.Ordinal) && described.Any(template => template.IsMatch(route));
            if (known) continue;
            using HttpResponseMessage answer = await client.GetAsync(route);
            Assert.True(answer.IsSuccessStatusCode, $"{page} names {route}, which answers {(int)answer.StatusCode}");
        }
    }

    [Fact]
    public void RoutesOf_Text_FindsWhatIsAnAddress_AndNotOtherPaths() =>
        Assert.Equal(
            ["/v1/models/resnet50_swsl:classify", "/health/live", "/errors", "/v1/models/{model}"],
            RoutesOf("POST http://h:8080/v1/models/resnet50_swsl:classify?top_k=3, `/health/live`. `/health/*` …/v1/traces GET /errors, "
                + "`/errors/…` /v1/models/{model}:"));

    private static IEnumerable<string> RoutesOf(string text) =>
        Routes().Matches(text)
            .Where(match => match.Index + match.Length == text.Length || text[match.Index + match.Length] is not ('*' or '…'))
            .Select(match => match.Value.TrimEnd('.', ':', '/'))
            .Where(route => route != "/v1")
            .Distinct();

    private static Regex Template(string path) =>
        new("^" + Parameter().Replace(Regex.Escape(path).Replace("\\{", "{", StringComparison.Ordinal), @"(\{\w+\}|[^/:]+)") + "$");

    [GeneratedRegex(@"(?<![A-Za-z_…./}>-])/(?:v1|v2|health|errors|metrics|swagger)(?![\w-])(?:[/:][\w{}.:-]*)*")]
    private static partial Regex Routes();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
