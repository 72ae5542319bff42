using System.Diagnostics;
using System.Text.Json;
using InferenceApi.Batching;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Runtime;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

/// <summary>The choice of a provider as an operator meets it. Machines with CUDA skip what is about its absence.</summary>
public sealed class ProviderTests
{
    [NoCudaFact]
    public async Task NamedCuda_WhereItCannotBeUsed_EndsTheProcessBeforeItListens()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(Program).Assembly.Location, "--Runtime:Provider=cuda", "--urls=http://127.0.0.1:0",
                $"--Serving:Store={folder.Path}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process service = Process.Start(start)!;
        Task<string> output = service.StandardOutput.ReadToEndAsync(), errors = service.StandardError.ReadToEndAsync();
        await service.WaitForExitAsync().Soon();

        string said = await output + await errors;
        Assert.Equal(1, service.ExitCode);
        Assert.Matches(@"lib[\w.]+\.so[\w.]*", said);
        Assert.Contains("LD_LIBRARY_PATH", said);
        Assert.Contains("crit:", said);
        Assert.DoesNotContain("Now listening", said);
    }

    [Fact]
    public async Task Provider_IsShownOnceTheModelIsLoaded()
    {
        using var api = new ApiFactory();
        api.Settings["Runtime:Provider"] = "cpu";
        using HttpClient http = api.CreateClient();

        JsonElement before = await ApiFactory.JsonOf(await http.GetAsync($"/v1/models/{ApiFactory.Model}"));
        Assert.False(before.TryGetProperty("provider", out _));
        (await api.ClassifyAsync(SmallPng.Rgb(8, 8))).EnsureSuccessStatusCode();

        JsonElement after = await ApiFactory.JsonOf(await http.GetAsync($"/v1/models/{ApiFactory.Model}"));
        Assert.Equal("cpu", after.GetProperty("provider").GetString());
    }

    [Fact]
    public void RunThatFails_IsTemporary_WhateverItsCause()
    {
        Exception[] causes = [new DeviceMemoryException("full"), new InvalidOperationException("broken"), new TimeoutException("stuck")];
        Problem[] problems = [.. causes.Select(cause => ProblemMapping.Of(new RunFailedException("m", cause)))];

        Assert.All(problems, problem => Assert.Equal((ProblemKind.RunFailed, TimeSpan.FromSeconds(1)), (problem.Kind, problem.RetryAfter)));
        Assert.Equal(3, problems.Select(problem => problem.Detail).Distinct().Count());
        Assert.Equal(503, ProblemKind.RunFailed.Status);
    }

    [NoCudaFact]
    public async Task Auto_WithoutCuda_Serves()
    {
        using var api = new ApiFactory();
        api.Settings["Runtime:Provider"] = "auto";

        (await api.ClassifyAsync(SmallPng.Rgb(8, 8))).EnsureSuccessStatusCode();
    }
}
