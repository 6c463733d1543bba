using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Checking.GoodModel;
using static Toolkit.OnnxExport.Tests.Checking.Problems.WholeProblems;

namespace Toolkit.OnnxExport.Tests.Checking.Problems;

public sealed class TrainingProblemTests
{
    private const string NoInitializer = "Expected the name of an initializer to assign to, found none of that name.";

    [Fact]
    public void Training_information_is_there_from_version_7_of_the_format_on()
    {
        Expect(m => Old(m, 6), "Error (Training) at training_info: Expected version 7 of the format or newer for training information, found 6.");
        Expect(m => Old(m, 7));

        static void Old(ModelProto model, long irVersion)
        {
            model.IrVersion = irVersion;
            model.Functions.Clear();
            model.Graph.Node.RemoveAt(4);
            model.Graph.Output[0].Name = "i";
        }
    }

    [Fact]
    public void Bindings_lead_from_outputs_to_initializers()
    {
        Expect(m => m.TrainingInfo[0].UpdateBinding[0].Key = "v", $"Error (Training) at training_info#0/v: {NoInitializer}");
        Expect(m => m.TrainingInfo[0].UpdateBinding[0].Value = "x", "Error (Training) at training_info#0/w: Expected an output of the training graph as new value, found \"x\".");
        Expect(m => m.TrainingInfo[0].UpdateBinding.Add(Entry("s", "w_new")));
        Expect(m =>
        {
            m.TrainingInfo[0].Algorithm.Initializer.Add(Floats("momentum", 1));
            m.TrainingInfo[0].UpdateBinding.Add(Entry("momentum", "w_new"));
        });
    }

    [Fact]
    public void Each_initializer_is_assigned_once()
    {
        Expect(m => m.TrainingInfo[0].UpdateBinding.Add(Entry("w", "w_new")), "Error (Training) at training_info#0/w: Expected one assignment to each initializer, found a second one.");
        Expect(m => m.TrainingInfo.Add(m.TrainingInfo[0].Clone()), "Error (Training) at training_info#1/w: Expected one assignment to each initializer, found a second one.");
    }

    [Fact]
    public void First_values_are_bound_like_steps()
    {
        Expect(m => m.TrainingInfo.Add(new TrainingInfoProto()));
        Expect(
            m => m.TrainingInfo[0].InitializationBinding.Add(Entry("v", "w_first")),
            $"Error (Training) at training_info#0/v: {NoInitializer}",
            "Error (Training) at training_info#0/v: Expected an output of the training graph as new value, found \"w_first\".");
        Expect(m =>
        {
            m.TrainingInfo[0].Algorithm.Initializer.Add(Floats("momentum", 1));
            m.TrainingInfo[0].Initialization = new GraphProto { Name = "start", Initializer = { Floats("w_first", 1) }, Output = { Value("w_first", DataType.Float, 1) } };
            m.TrainingInfo[0].InitializationBinding.AddRange([Entry("w", "w_first"), Entry("momentum", "w_first")]);
        });
    }

    /// <summary>A step reads the values of the model; the graph that gives first values does not.</summary>
    [Fact]
    public void First_values_come_from_nowhere_else() => Expect(
        m => m.TrainingInfo[0].Initialization = new GraphProto { Name = "start", Node = { Node("Neg", ["x"], ["w_first"], "first") }, Output = { Value("w_first", DataType.Float, 1) } },
        "Error (Order) at training_info#0/start/first: Expected each input to be a graph input, an initializer or the result of an earlier node, found \"x\".");
}
