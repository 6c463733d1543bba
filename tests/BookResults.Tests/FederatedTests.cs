using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.Samples.Federated;

namespace Toolkit.BookResults.Tests;

/// <summary>The federated averaging of samples/Federated.</summary>
public sealed class FederatedTests
{
    [Fact]
    public void Together_they_read_what_none_could_alone()
    {
        string folder = Directory.CreateTempSubdirectory("toolkit-").FullName;
        try
        {
            DigitsOutcome outcome = DigitsFederation.Run(count: 5, rounds: 4, folder);
            Assert.InRange(outcome.Together, outcome.Alone + 0.1, 1.0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The same by hand: two parties of different size, two rounds, in the engine.</summary>
    [Fact]
    public void Parameters_are_the_means_of_those_that_each_comes_to_weighted_by_examples()
    {
        Dataset[] data = [DigitsFederation.DataOf(0).Take(64), DigitsFederation.DataOf(1).Take(32)];
        Trainer trainer = DigitsFederation.Create();
        Parameter[] parameters = [.. trainer.Model.Parameters];
        string file = Path.GetTempFileName();
        IReadOnlyDictionary<string, Value> found;
        try
        {
            trainer.TrainingStep.ExportOnnx(file);
            using Party first = new(file, data[0]), second = new(file, data[1]);
            found = Federation.Train([first, second], parameters.ToDictionary(p => p.Name, p => p.Value.Clone()), rounds: 2);
        }
        finally
        {
            File.Delete(file);
        }

        Function step = Function.Compile(trainer.TrainingStep);
        for (int round = 0; round < 2; round++)
        {
            Value[] start = [.. parameters.Select(p => p.Value.Clone())];
            var ends = new Value[2][];
            for (int party = 0; party < 2; party++)
            {
                for (int i = 0; i < parameters.Length; i++)
                    parameters[i].Value = start[i];
                foreach (Batch batch in data[party].Batches(new BatchOptions { Size = 32, ShuffleSeed = 1 }, round))
                    step.Run(batch.Features, batch.Target);
                ends[party] = [.. parameters.Select(p => p.Value.Clone())];
            }

            for (int i = 0; i < parameters.Length; i++)
            {
                for (int j = 0; j < start[i].Count; j++)
                    start[i][j] = ((2 * ends[0][i][j]) + ends[1][i][j]) / 3;
                parameters[i].Value = start[i];
            }
        }

        foreach (Parameter parameter in parameters)
        {
            for (int j = 0; j < parameter.Value.Count; j++)
                Assert.Equal(parameter.Value[j], found[parameter.Name][j], 1e-5);
        }
    }
}
