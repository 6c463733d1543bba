using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Reliability.Fuzzing;

/// <summary>Models as bytes: checked, and their weights read. They are not run: a model is a program.</summary>
internal record OnnxTarget(string Name = "onnx") : FuzzTarget(Name)
{
    public override IReadOnlyList<byte[]> Seeds()
    {
        Modeling.Training.Trainer trainer = SmallNetwork.Trainer();
        trainer.Prepare(SmallNetwork.Data().Layout);
        byte[] inference = OnnxExporter.Export(trainer.Model.Inference), step = OnnxExporter.Export(trainer.TrainingStep, new() { Opset = 18 });
        return [inference, step, WithFunctions(inference)];
    }

    public override void Read(string path, byte[] bytes)
    {
        IReadOnlyList<ModelProblem> problems = ModelCheck.Check(path);
        _ = string.Join('\n', problems);
        OnnxInitializers.Read(path);
    }

    /// <summary>The same model with a function, a graph in a node, a sparse tensor, external data and training information.</summary>
    private static byte[] WithFunctions(byte[] bytes)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(bytes);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "org.example", Version = 1 });
        GraphProto graph = model.Graph;
        string input = graph.Input[0].Name;
        var floats = new TensorProto { Name = "s", DataType = 1, Dims = { 2 }, FloatData = { 1, 2 } };
        graph.SparseInitializer.Add(new SparseTensorProto { Values = floats, Indices = new TensorProto { DataType = 7, Dims = { 2 }, Int64Data = { 1, 4 } }, Dims = { 3, 2 } });
        graph.Initializer.Add(new TensorProto { Name = "yes", DataType = 9, Int32Data = { 1 } });
        GraphProto branch = new() { Name = "b", Output = { new ValueInfoProto { Name = "r" } }, Node = { new NodeProto { OpType = "Neg", Input = { input }, Output = { "r" } } } };
        graph.Node.Add(new NodeProto
        {
            OpType = "If",
            Input = { "yes" },
            Output = { "chosen" },
            Attribute =
            {
                new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.AttributeType.Graph, G = branch },
                new AttributeProto { Name = "else_branch", Type = AttributeProto.Types.AttributeType.Graph, G = branch },
            },
        });
        graph.Node.Add(new NodeProto { OpType = "Twice", Domain = "org.example", Input = { "chosen" }, Output = { "twice" } });
        model.Functions.Add(new FunctionProto
        {
            Name = "Twice",
            Domain = "org.example",
            Input = { "a" },
            Output = { "b" },
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Node = { new NodeProto { OpType = "Add", Input = { "a", "a" }, Output = { "b" } } },
        });
        return model.ToByteArray();
    }
}

/// <summary>Models whose messages are changed one field at a time, so that most mutants can be parsed.</summary>
internal record OnnxStructureTarget(string Name = "onnx structure") : OnnxTarget(Name)
{
    private static readonly long[] Numbers = [0, 1, -1, 2, 16, 255, int.MaxValue, int.MinValue, 1L << 31, 1L << 58, 1L << 62, long.MaxValue, long.MinValue];

    public override byte[] Mutate(Random random, byte[] seed, IReadOnlyList<byte[]> seeds)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(seed);
        var messages = new List<IMessage>();
        Collect(model, messages);
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            IMessage message = messages[random.Next(messages.Count)];
            IList<FieldDescriptor> fields = message.Descriptor.Fields.InDeclarationOrder();
            Change(random, message, fields[random.Next(fields.Count)], messages);
        }

        return model.CalculateSize() < 1 << 22 ? model.ToByteArray() : seed;
    }

    private static void Collect(IMessage message, List<IMessage> found)
    {
        found.Add(message);
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.Message))
        {
            switch (field.Accessor.GetValue(message))
            {
                case IList list:
                    foreach (IMessage inner in list)
                    {
                        Collect(inner, found);
                    }

                    break;
                case IMessage inner:
                    Collect(inner, found);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Change(Random random, IMessage message, FieldDescriptor field, List<IMessage> messages)
    {
        if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            int at = random.Next(list.Count + 1);
            if (random.Next(3) == 0 && list.Count > 0)
            {
                list.RemoveAt(Math.Min(at, list.Count - 1));
            }
            else if (random.Next(2) == 0 && list.Count > 0)
            {
                object again = list[Math.Min(at, list.Count - 1)]!;
                list.Insert(at, again is IMessage inner ? Copy(inner) : again);
            }
            else
            {
                list.Insert(at, Value(random, field, messages));
            }
        }
        else if (random.Next(4) == 0)
        {
            field.Accessor.Clear(message);
        }
        else
        {
            field.Accessor.SetValue(message, Value(random, field, messages));
        }
    }

    private static object Value(Random random, FieldDescriptor field, List<IMessage> messages)
    {
        long number = Numbers[random.Next(Numbers.Length)];
        return field.FieldType switch
        {
            FieldType.Message => Copy(messages.Where(m => m.Descriptor == field.MessageType).Skip(random.Next(4)).FirstOrDefault() ?? field.MessageType.Parser.ParseFrom(ByteString.Empty)),
            FieldType.String => Text(random, messages),
            FieldType.Bytes => ByteString.CopyFrom(new byte[random.Next(20)]),
            FieldType.Int32 => (int)number,
            FieldType.Int64 => number,
            FieldType.UInt64 => (ulong)number,
            FieldType.Float => (float)number,
            FieldType.Double => (double)number,
            _ => Enum.ToObject(field.EnumType.ClrType, (int)(number % 40)),
        };
    }

    private static string Text(Random random, List<IMessage> messages) => random.Next(6) switch
    {
        0 => string.Empty,
        1 => new string('n', random.Next(5000)),
        2 => "\0\u202E\U0001F600",
        3 => "ai.onnx",
        _ => messages.OfType<NodeProto>().Skip(random.Next(8)).FirstOrDefault() is { } node ? random.Next(2) == 0 ? node.OpType : node.Output.FirstOrDefault() ?? "x" : "x",
    };

    private static IMessage Copy(IMessage message) => message.Descriptor.Parser.ParseFrom(message.ToByteString());
}
