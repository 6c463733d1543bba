using BenchmarkDotNet.Attributes;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Bench.Serving;

/// <summary>The same exported network in ONNX Runtime (the baseline) and in the native engine, one thread each.</summary>
public class ServingBenchmarks : IDisposable
{
    private OnnxSession? session;
    private SessionBuffers? buffers;
    private Function? function;
    private Value[] inputs = [];
    private readonly Value[] outputs = new Value[1];

    [Params(1, 256)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new RandomSource(1);
        var model = new Sequential(
            new Dense(784, 1024, random) { Activation = Ops.Relu }, new Dense(1024, 1024, random) { Activation = Ops.Relu }, new Dense(1024, 10, random));
        session = OnnxSession.Load(OnnxExporter.Export(model.Inference), new ServingOptions { IntraOpThreads = 1 });
        buffers = session.CreateBuffers(new Dictionary<string, int> { ["batch"] = Batch });
        random.FillNormal(buffers.Inputs[0].Span<float>(), 0, 1);
        function = Function.Compile(model.Inference, new ExecutionOptions { Threads = 1 });
        inputs = [buffers.Inputs[0]];
    }

    [Benchmark(Baseline = true)]
    public void OnnxRuntime() => buffers!.Run();

    [Benchmark]
    public void Native() => function!.RunInto(inputs, outputs);

    [GlobalCleanup]
    public void Dispose()
    {
        buffers?.Dispose();
        session?.Dispose();
    }
}
