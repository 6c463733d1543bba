using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Serving;

/// <summary>State in the memory of a GPU. A model that hands its inputs on, run on the same GPU, moves it there and back.</summary>
internal sealed class DeviceState : StateBuffers
{
    private readonly OnnxSession mover;
    private readonly OrtMemoryInfo memory;
    private readonly OrtAllocator allocator;
    private readonly IReadOnlyList<TensorDescription> state;
    private readonly OrtValue[][] sets;

    public DeviceState(OnnxSession session, Provider.CudaProvider device, IReadOnlyList<TensorDescription> state)
    {
        this.state = state;
        mover = OnnxSession.Load(Identity(state), new ServingOptions { Provider = device });
        memory = new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, device.DeviceId, OrtMemType.Default);
        allocator = session.CreateAllocator(memory);
        sets = [.. Enumerable.Range(0, 2).Select(_ => state.Select(
            each => OrtValue.CreateAllocatedTensorValue(allocator, each.ElementType, [.. each.StaticSizes().Select(size => (long)size)])).ToArray())];
    }

    public override IReadOnlyList<OrtValue> this[int set] => sets[set];

    public override Value[] Read(int set)
    {
        TensorMemory[] host = Host();
        Move(sets[set], [.. host.Select(each => each.Bound)]);
        Release(host);
        return [.. host.Select(each => each.Value)];
    }

    public override void Write(int set, IReadOnlyList<Value> values)
    {
        TensorMemory[] host = Host();
        for (int i = 0; i < values.Count; i++)
            host[i].Value.CopyFrom(values[i]);
        Move([.. host.Select(each => each.Bound)], sets[set]);
        Release(host);
    }

    public override void Dispose()
    {
        foreach (OrtValue value in sets.SelectMany(set => set))
            value.Dispose();
        allocator.Dispose();
        memory.Dispose();
        mover.Dispose();
    }

    private TensorMemory[] Host() => [.. state.Select(each => new TensorMemory(each, each.StaticSizes()))];

    private static void Release(TensorMemory[] host)
    {
        foreach (TensorMemory each in host)
            each.Release();
    }

    private void Move(OrtValue[] from, OrtValue[] to)
    {
        using OrtIoBinding binding = mover.CreateBinding();
        using var options = new RunOptions();
        for (int i = 0; i < state.Count; i++)
        {
            binding.BindInput($"from{i}", from[i]);
            binding.BindOutput($"to{i}", to[i]);
        }

        binding.SynchronizeBoundInputs();
        mover.Run(options, binding);
        binding.SynchronizeBoundOutputs();
    }

    private static byte[] Identity(IReadOnlyList<TensorDescription> state)
    {
        var graph = new GraphProto { Name = "move" };
        for (int i = 0; i < state.Count; i++)
        {
            var shape = new TensorShapeProto();
            shape.Dim.AddRange(state[i].StaticSizes().Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
            var type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)state[i].ElementType, Shape = shape } };
            graph.Input.Add(new ValueInfoProto { Name = $"from{i}", Type = type });
            graph.Output.Add(new ValueInfoProto { Name = $"to{i}", Type = type });
            graph.Node.Add(new NodeProto { OpType = "Identity", Input = { $"from{i}" }, Output = { $"to{i}" } });
        }

        return new ModelProto { IrVersion = 7, OpsetImport = { new OperatorSetIdProto { Domain = string.Empty, Version = 13 } }, Graph = graph }.ToByteArray();
    }
}
