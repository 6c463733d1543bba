using Spectre.Console;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.Digits;

/// <summary>Shows a training: a progress bar on a terminal, a line for each epoch where the output is redirected.</summary>
internal static class ProgressDisplay
{
    public static void Run(int epochs, int stepsPerEpoch, Action<IProgress<TrainingProgress>> train)
    {
        if (Console.IsOutputRedirected)
        {
            train(new Reporter(progress =>
            {
                if (progress.Completed is { } epoch)
                {
                    Console.WriteLine(Describe(progress.Epoch, epochs, epoch));
                }
            }));
            return;
        }

        AnsiConsole.Progress().Start(context =>
        {
            ProgressTask task = context.AddTask("training", maxValue: epochs);
            train(new Reporter(progress =>
            {
                task.Value = progress.Completed is null ? progress.Epoch - 1 + ((double)progress.Step / stepsPerEpoch) : progress.Epoch;
                task.Description = $"epoch {progress.Epoch}/{epochs}, loss {progress.Loss:F4}";
                if (progress.Completed is { } epoch)
                {
                    AnsiConsole.WriteLine(Describe(progress.Epoch, epochs, epoch));
                }
            }));
        });
    }

    private static string Describe(int number, int epochs, EpochRecord epoch) =>
        $"epoch {number}/{epochs}: loss {epoch.Loss:F4}, accuracy {epoch.Metrics["accuracy"]:P2}, " +
        $"validation loss {epoch.Validation!.Loss:F4}, validation accuracy {epoch.Validation["accuracy"]:P2}, {epoch.Elapsed.TotalSeconds:F1} s";

    // Progress<T> posts to the thread pool, where lines could change places; this one reports at once.
    private sealed class Reporter(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
