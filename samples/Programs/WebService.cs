#:sdk Microsoft.NET.Sdk.Web
#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// Scores in a web service, with one session and buffers that are used again:
//   dotnet run WebService.cs
//   curl -X POST http://localhost:5000/score -H "Content-Type: application/json" -d "[4, 2]"
using System.Collections.Concurrent;

// In a service of your own, another program has trained the model and written the file.
var random = new RandomSource(seed: 1);
long[] kinds = [.. Enumerable.Range(0, 300).Select(i => i % 3L)];
float[] leaves = [.. kinds.SelectMany(kind => new[] { (float)random.NextNormal(3 + kind, 0.3), (float)random.NextNormal(kind == 1 ? 2 : 1, 0.3) })];
var network = new Sequential(new Dense(2, 16, random) { Activation = Ops.Tanh }, new Dense(16, 3, random));
new Trainer { Model = network, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam { LearningRate = 0.02 } }
    .Fit(Dataset.FromLabels(leaves, [2], kinds, 3), new() { Epochs = 40 });
new Sequential(network, new Activation(z => z.Softmax())) { InputShape = [2] }.ExportOnnx("leaves.onnx");

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(_ => OnnxSession.Load("leaves.onnx", new ServingOptions { IntraOpThreads = 1 }));
builder.Services.AddSingleton<Scorer>();
WebApplication app = builder.Build();
app.Services.GetRequiredService<Scorer>();
app.MapPost("/score", (float[] leaf, Scorer scorer) => leaf.Length == 2
    ? Results.Ok(scorer.Score(leaf))
    : Results.BadRequest($"Expected 2 numbers, length and width, found {leaf.Length}."));
app.Run();

internal sealed class Scorer(OnnxSession session) : IDisposable
{
    private static readonly Dictionary<string, int> One = new() { ["batch"] = 1 };
    private readonly ConcurrentBag<SessionBuffers> free = [];

    public float[] Score(float[] leaf)
    {
        SessionBuffers buffers = free.TryTake(out SessionBuffers? kept) ? kept : session.CreateBuffers(One);
        leaf.CopyTo(buffers.Inputs[0].Span<float>());
        buffers.Run();
        float[] probabilities = buffers.Outputs[0].ToArray<float>();
        free.Add(buffers);
        return probabilities;
    }

    public void Dispose()
    {
        foreach (SessionBuffers buffers in free)
            buffers.Dispose();
    }
}
