using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Serving;

/// <summary>
/// Memory for runs of a session with fixed sizes. Write the inputs, call <see cref="Run"/>, read the outputs: the numbers are where ONNX Runtime reads and
/// writes them, without copies. One thread at a time; each thread makes its own.
/// </summary>
public sealed class SessionBuffers : IDisposable
{
    private readonly OnnxSession session;
    private readonly RunOptions options = new();
    private readonly string[] inputNames;
    private readonly string[] outputNames;
    private readonly OrtValue[] boundInputs;
    private readonly OrtValue[] boundOutputs;
    private readonly Value[] inputs;
    private readonly Value[] outputs;

    internal SessionBuffers(OnnxSession session, IReadOnlyDictionary<string, int> sizes)
    {
        this.session = session;
        inputNames = [.. session.Inputs.Select(i => i.Name)];
        outputNames = [.. session.Outputs.Select(o => o.Name)];
        inputs = [.. session.Inputs.Select(i => Value.Zeros(i.Type.DType, i.Type.Shape.Evaluate(sizes)))];
        boundInputs = [.. inputs.Select(Bind)];

        // An output whose size the inputs do not tell is allocated by ONNX Runtime at each run.
        bool known = session.Outputs.All(o => o.Type.Shape.All(d => d.Symbols.All(sizes.ContainsKey)));
        outputs = known
            ? [.. session.Outputs.Select(o => Value.Zeros(o.Type.DType, o.Type.Shape.Evaluate(sizes)))]
            : new Value[outputNames.Length];
        boundOutputs = known ? [.. outputs.Select(Bind)] : [];
    }

    /// <summary>The inputs, in the order of the session.</summary>
    public IReadOnlyList<Value> Inputs => inputs;

    /// <summary>The outputs, in the order of the session; filled by <see cref="Run"/>.</summary>
    public IReadOnlyList<Value> Outputs => outputs;

    /// <summary>Runs the model on what <see cref="Inputs"/> hold.</summary>
    /// <exception cref="ServingException">ONNX Runtime reports an error.</exception>
    public void Run()
    {
        try
        {
            if (boundOutputs.Length > 0)
            {
                session.Run(options, inputNames, boundInputs, outputNames, boundOutputs);
                return;
            }

            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, inputNames, boundInputs, outputNames);
            for (int i = 0; i < outputs.Length; i++)
            {
                long[] shape = results[i].GetTensorTypeAndShape().Shape;
                outputs[i] = Value.Zeros(session.Outputs[i].Type.DType, [.. shape.Select(d => checked((int)d))]);
                results[i].GetTensorMutableRawData().CopyTo(outputs[i].Bytes);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw new ServingException($"ONNX Runtime failed to run the model: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OrtValue value in boundInputs.Concat(boundOutputs))
        {
            value.Dispose();
        }

        options.Dispose();
    }

    private static OrtValue Bind(Value value)
    {
        var shape = new long[value.Rank];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = value.Sizes[i];
        }

        // The value's memory has a fixed address and this object keeps it reachable.
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, TensorDescription.RuntimeType(value.DType), shape, value.Address, value.ByteCount);
    }
}
