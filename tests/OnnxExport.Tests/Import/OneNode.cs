using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>A model of one node as another program would write it, field by field: nothing of the exporter takes part.</summary>
/// <param name="op">The operator.</param>
/// <param name="opset">The operator set that the file names.</param>
internal sealed class OneNode(string op, int opset)
{
    private readonly List<Value> arguments = [];
    private readonly List<ValueInfoProto> inputs = [];
    private readonly List<TensorProto> initializers = [];
    private readonly List<string> names = [];
    private readonly List<AttributeProto> attributes = [];
    private DataType[] results = [DataType.Float];
    private string domain = string.Empty;
    private int domainVersion = 1;

    /// <summary>What the inputs of the graph are given.</summary>
    public Value[] Arguments => [.. arguments];

    public OneNode Of(Value value)
    {
        string name = $"x{names.Count}";
        arguments.Add(value);
        inputs.Add(GoodModel.Value(name, value.DType.ToDataType(), [.. value.Sizes.ToArray().Select(size => (long)size)]));
        names.Add(name);
        return this;
    }

    public OneNode Of(float[] numbers, params int[] sizes) => Of(Value.Of(numbers, sizes));

    public OneNode Constant(Value value)
    {
        string name = $"c{names.Count}";
        initializers.Add(TensorConversion.ToProto(value, name));
        names.Add(name);
        return this;
    }

    public OneNode Constant(params long[] numbers) => Constant(Value.Of(numbers, numbers.Length));

    public OneNode Absent()
    {
        names.Add(string.Empty);
        return this;
    }

    public OneNode With(string name, long value) => Add(new AttributeProto { Name = name, Type = AttributeType.Int, I = value });

    public OneNode With(string name, float value) => Add(new AttributeProto { Name = name, Type = AttributeType.Float, F = value });

    public OneNode With(string name, string value) => Add(new AttributeProto { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) });

    public OneNode With(string name, long[] value) => Add(new AttributeProto { Name = name, Type = AttributeType.Ints, Ints = { value } });

    public OneNode With(string name, float[] value) => Add(new AttributeProto { Name = name, Type = AttributeType.Floats, Floats = { value } });

    public OneNode With(string name, string[] value) => Add(new AttributeProto { Name = name, Type = AttributeType.Strings, Strings = { value.Select(ByteString.CopyFromUtf8) } });

    public OneNode With(string name, Value value) => Add(new AttributeProto { Name = name, Type = AttributeType.Tensor, T = TensorConversion.ToProto(value, string.Empty) });

    public OneNode With(string name, GraphProto value) => Add(GoodModel.Subgraph(name, value));

    /// <summary>The domain of the operator.</summary>
    public OneNode In(string name, int version = 1)
    {
        (domain, domainVersion) = (name, version);
        return this;
    }

    public OneNode Gives(DataType type, int count) => Gives([.. Enumerable.Repeat(type, count)]);

    public OneNode Gives(params DataType[] types)
    {
        results = types;
        return this;
    }

    /// <summary>The model.</summary>
    /// <param name="shapes">The shapes of the results; null to leave them to the reader.</param>
    public ModelProto Model(IReadOnlyList<Value>? shapes = null)
    {
        string[] outputs = [.. Enumerable.Range(0, results.Length).Select(i => $"y{i}")];
        ValueInfoProto Output(int i) => shapes is null
            ? new ValueInfoProto { Name = outputs[i], Type = new TypeProto { TensorType = new() { ElemType = (int)results[i] } } }
            : GoodModel.Value(outputs[i], results[i], [.. shapes[i].Sizes.ToArray().Select(size => (long)size)]);
        var graph = new GraphProto
        {
            Name = op,
            Input = { inputs },
            Initializer = { initializers },
            Node = { GoodModel.Node(op, [.. names], outputs, "node", [.. attributes]) },
            Output = { Enumerable.Range(0, results.Length).Select(Output) },
        };
        var model = new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = opset } }, Graph = graph };
        if (domain.Length > 0)
        {
            graph.Node[0].Domain = domain;
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = domainVersion });
        }

        return model;
    }

    public byte[] Bytes(IReadOnlyList<Value>? shapes = null) => Model(shapes).ToByteArray();

    public override string ToString() => $"{op} of operator set {opset} with {string.Join(", ", attributes.Select(a => a.ToString()))}";

    private OneNode Add(AttributeProto attribute)
    {
        attributes.Add(attribute);
        return this;
    }
}
